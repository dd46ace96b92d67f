namespace Berth.Bench.Cluster;

/// <summary>One event of a watch, in both encodings.</summary>
/// <param name="Line">In JSON.</param>
/// <param name="Protobuf">In protobuf, after its length.</param>
internal sealed record SliceEvent(byte[] Line, byte[] Protobuf)
{
    /// <summary>The length of the message.</summary>
    public ReadOnlyMemory<byte> Length => Protobuf.AsMemory(0, sizeof(int));

    /// <summary>The message.</summary>
    public ReadOnlyMemory<byte> Message => Protobuf.AsMemory(sizeof(int));
}
