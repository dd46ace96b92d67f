namespace Berth.Cli.Up;

/// <summary>The view of the cluster for a person. Called by one thread at a time.</summary>
internal interface IUpView : IDisposable
{
    /// <summary>Shows the current pods.</summary>
    void ShowPods(IReadOnlyList<PodRow> pods);

    /// <summary>Shows a message below the pods, until the next message.</summary>
    void ShowMessage(IReadOnlyList<string> lines);

    /// <summary>Shows why objects do not match their manifests, one line each, in place of the previous lines.</summary>
    void ShowTroubles(IReadOnlyList<string> lines);
}
