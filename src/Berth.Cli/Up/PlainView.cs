namespace Berth.Cli.Up;

/// <summary>Writes a line for each change, for files, pipes and simple terminals.</summary>
internal sealed class PlainView(TextWriter output) : IUpView
{
    private IReadOnlyList<string> _troubles = [];
    private Dictionary<(string Namespace, string Name), PodRow> _shown = [];

    public void ShowPods(IReadOnlyList<PodRow> pods)
    {
        Dictionary<(string Namespace, string Name), PodRow> now = [];
        foreach (PodRow pod in pods)
        {
            now[(pod.Namespace, pod.Name)] = pod;
            if (!_shown.TryGetValue((pod.Namespace, pod.Name), out PodRow? before) || before != pod)
                output.WriteLine(pod);
        }

        foreach ((string _, string name) in _shown.Keys.Where(pod => !now.ContainsKey(pod)))
            output.WriteLine($"{name}  gone");
        output.Flush();
        _shown = now;
    }

    public void ShowMessage(IReadOnlyList<string> lines)
    {
        foreach (string line in lines)
            output.WriteLine(line);
        output.Flush();
    }

    public void ShowTroubles(IReadOnlyList<string> lines)
    {
        foreach (string line in lines.Where(line => !_troubles.Contains(line, StringComparer.Ordinal)))
            output.WriteLine(line);
        output.Flush();
        _troubles = lines;
    }

    public void Dispose()
    {
        // The terminal is unchanged, so there is nothing to restore.
    }
}
