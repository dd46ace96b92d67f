namespace Berth.Kubernetes.Protobuf;

/// <summary>Bytes that arrive in two pieces.</summary>
internal sealed class CutStream(byte[] bytes, int cut) : MemoryStream(bytes)
{
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        base.ReadAsync(Position < cut ? buffer[..(int)Math.Min(cut - Position, buffer.Length)] : buffer, cancellationToken);
}
