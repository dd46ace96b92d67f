using Berth.Dispatcher;

namespace Berth.Cli.Options;

/// <summary>
/// Reads the configuration file of a dispatcher again, and returns its changes. It compares the content, so a swap of the symlinks of a
/// ConfigMap counts too. For one thread at a time.
/// </summary>
/// <param name="reader">The settings of the start.</param>
/// <param name="read">Reads the options of the server, and notes their faults.</param>
/// <param name="cordon">Takes the list of cordoned pods.</param>
internal sealed class ConfigurationChanges(
    SettingsReader reader, Func<SettingsReader, DispatcherOptions> read, Action<IReadOnlyList<string>> cordon)
{
    private byte[]? _content = TryRead(reader.FilePath!);

    /// <summary>Returns the change, or null when the file has not changed.</summary>
    public DispatcherChange? Read()
    {
        byte[]? content = TryRead(reader.FilePath!);
        // A missing file is reported once, and a file that returns with the same content is no change.
        if (content is null ? _content is null : _content is not null && content.AsSpan().SequenceEqual(_content))
            return null;
        _content = content;
        SettingsReader now = reader.Reread();
        DispatcherOptions options = read(now);
        string[] pods = now.Get(DispatchSettings.Cordon);
        return now.HasFaults ? new DispatcherChange { Faults = now.Faults } : new DispatcherChange
        {
            Targets = options.Targets,
            TokenFile = options.TokenFile,
            ClientLimits = options.ClientLimits,
            TakenOver = () => cordon(pods),
        };
    }

    private static byte[]? TryRead(string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
