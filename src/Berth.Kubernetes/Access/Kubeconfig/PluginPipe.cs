namespace Berth.Kubernetes.Access.Kubeconfig;

/// <summary>Reads one of a plugin's outputs, up to a limit.</summary>
internal static class PluginPipe
{
    private const int MaxBytes = 1024 * 1024;

    /// <summary>Returns the whole output when it has ended.</summary>
    internal static async Task<byte[]> ReadAllAsync(Stream stream, CancellationToken cancellationToken)
    {
        using MemoryStream all = new();
        await ReadAsync(stream, piece =>
        {
            // Read on above the limit, otherwise the plugin would block on a full pipe.
            if (all.Length + piece.Length <= MaxBytes)
                all.Write(piece);
        }, cancellationToken).ConfigureAwait(false);
        return all.ToArray();
    }

    /// <summary>Passes on each piece as it arrives, until the end.</summary>
    internal static async Task ReadAsync(Stream stream, Action<ReadOnlySpan<byte>> take, CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[4096];
        int read;
        while ((read = await stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0)
            take(buffer.AsSpan(0, read));
    }
}
