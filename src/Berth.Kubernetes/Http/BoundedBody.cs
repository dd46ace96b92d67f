namespace Berth.Kubernetes.Http;

/// <summary>Reads the start of a body that should be short.</summary>
internal static class BoundedBody
{
    internal const int MaxBytes = 64 * 1024;

    internal static async Task<ReadOnlyMemory<byte>> ReadAsync(Stream stream, CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[MaxBytes];
        int length = await stream
            .ReadAtLeastAsync(buffer, MaxBytes, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
        return buffer.AsMemory(0, length);
    }
}
