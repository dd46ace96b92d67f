using Berth.Cli.Hosting;

namespace Berth.Cli.Up;

/// <summary>A copy of the kubeconfig in a file that the user chose. It exists as long as the cluster.</summary>
internal sealed class KubeconfigCopy : IDisposable
{
    private readonly string? _path;
    private readonly string _text;

    private KubeconfigCopy(string? path, string text)
    {
        _path = path;
        _text = text;
    }

    /// <summary>
    /// Writes the copy if the user asked for one. It never overwrites a file, which may be the kubeconfig of a real cluster.
    /// </summary>
    public static KubeconfigCopy Write(string? path, string text)
    {
        if (path is null)
            return new KubeconfigCopy(null, text);
        try
        {
            FileStreamOptions options = new() { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            using StreamWriter writer = new(path, options);
            writer.Write(text);
            return new KubeconfigCopy(path, text);
        }
        catch (Exception exception) when (
            exception is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            string reason = File.Exists(path)
                ? "it exists already, and may be the kubeconfig of another cluster. Remove it, or name another file"
                : $"{exception.Message.TrimEnd('.')}. Choose another path";
            throw CommandException.Usage($"The kubeconfig cannot be written to {path}: {reason}.", exception);
        }
    }

    public void Dispose()
    {
        // Removes only our own file: another program may have replaced it.
        if (_path is not null && File.Exists(_path) && File.ReadAllText(_path) == _text)
            File.Delete(_path);
    }
}
