namespace Berth.Directories;

/// <summary>A source that keeps something of a target after its stream is closed.</summary>
internal interface IReleasesTargets
{
    /// <summary>Lets go of a target that is followed no longer.</summary>
    ValueTask ReleaseAsync(ServiceTarget target);
}
