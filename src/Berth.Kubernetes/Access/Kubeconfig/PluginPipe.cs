namespace Berth.Kubernetes.Access.Kubeconfig;

/// <summary>Reads what a plugin writes to one of its outputs, up to a bound.</summary>
internal static class PluginPipe
{
    private const int Maximum = 1024 * 1024;

    /// <summary>All of it, when it has ended.</summary>
    internal static async Task<byte[]> ReadAllAsync(Stream stream, CancellationToken cancellationToken)
    {
        using MemoryStream all = new();
        await ReadAsync(stream, piece =>
        {
            // Beyond the bound it is still read, or the plugin would block on a full pipe.
            if (all.Length + piece.Length <= Maximum)
                all.Write(piece);
        }, cancellationToken).ConfigureAwait(false);
        return all.ToArray();
    }

    /// <summary>Hands over each piece as it comes, until the end.</summary>
    internal static async Task ReadAsync(Stream stream, Action<ReadOnlySpan<byte>> take, CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[4096];
        int read;
        while ((read = await stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0)
            take(buffer.AsSpan(0, read));
    }
}
