namespace Berth.LocalCluster.Runtime;

/// <summary>
/// Finds the last message of a container: the file of terminationMessagePath if the run wrote it, else with FallbackToLogsOnError the last
/// lines of its output (https://kubernetes.io/docs/tasks/debug/debug-application/determine-reason-pod-failure/). The default path belongs
/// to no container here, so nothing is read from it. Create it before the run: a file that is unchanged after the run was not written by
/// it.
/// </summary>
internal sealed class TerminationMessage(JsonObject container)
{
    private const int MaxFileBytes = 4096;
    private const int MaxOutputLength = 2048;
    private const int MaxLines = 80;
    private readonly string? _path = PathOf(container);
    private readonly DateTime _before = Written(PathOf(container));

    /// <summary>True when the message needs the whole output.</summary>
    public bool NeedsOutput(int code) => code != 0 && container.Text("terminationMessagePolicy") == "FallbackToLogsOnError";

    public string? Read(int code, ContainerLog output)
    {
        if (_path is not null && File.Exists(_path) && Written(_path) != _before)
        {
            try
            {
                // The limit is needed because the file may have no end.
                using StreamReader file = new(_path);
                char[] text = new char[MaxFileBytes];
                return new string(text, 0, file.ReadBlock(text));
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                return $"Error on reading termination log {_path}: {exception.Message}";
            }
        }

        string last = NeedsOutput(code) ? string.Concat(output.Read(0).Lines.TakeLast(MaxLines).Select(line => line.Text + "\n")) : "";
        return last.Length == 0 ? null : last[Math.Max(0, last.Length - MaxOutputLength)..];
    }

    private static string? PathOf(JsonObject container)
    {
        string? path = container.Text("terminationMessagePath");
        return path is null or "" or "/dev/termination-log" ? null : path;
    }

    private static DateTime Written(string? path) => path is null ? default : File.GetLastWriteTimeUtc(path);
}
