namespace Berth.Cli.Up;

/// <summary>The view of the cluster for a person. Called by one thread at a time.</summary>
internal interface IUpView : IDisposable
{
    /// <summary>Shows the pods as they are now.</summary>
    void ShowPods(IReadOnlyList<PodRow> pods);

    /// <summary>Shows what is to be known besides the pods, from now on.</summary>
    void ShowMessage(IReadOnlyList<string> lines);
}
