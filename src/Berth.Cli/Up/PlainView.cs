namespace Berth.Cli.Up;

/// <summary>A line for each change: for files, pipes and simple terminals.</summary>
internal sealed class PlainView(TextWriter output) : IUpView
{
    private Dictionary<string, PodRow> _shown = new(StringComparer.Ordinal);

    public void ShowPods(IReadOnlyList<PodRow> pods)
    {
        Dictionary<string, PodRow> now = new(StringComparer.Ordinal);
        foreach (PodRow pod in pods)
        {
            now[pod.Name] = pod;
            if (!_shown.TryGetValue(pod.Name, out PodRow? before) || before != pod)
                output.WriteLine(pod);
        }

        foreach (string gone in _shown.Keys.Where(name => !now.ContainsKey(name)))
            output.WriteLine($"{gone}  gone");
        output.Flush();
        _shown = now;
    }

    public void ShowMessage(IReadOnlyList<string> lines)
    {
        foreach (string line in lines)
            output.WriteLine(line);
        output.Flush();
    }

    public void Dispose()
    {
        // Nothing was changed that would have to be put back.
    }
}
