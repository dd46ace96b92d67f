namespace Berth.Cli.Up;

/// <summary>What a person sees of the cluster. Called by one thread at a time.</summary>
internal interface IUpView : IDisposable
{
    /// <summary>Shows the pods as they are now.</summary>
    void ShowPods(IReadOnlyList<PodRow> pods);

    /// <summary>Shows what is to be known besides the pods, from now on.</summary>
    void ShowMessage(IReadOnlyList<string> lines);
}
