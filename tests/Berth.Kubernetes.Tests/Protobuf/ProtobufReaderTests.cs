using Berth.Kubernetes.Wire;

namespace Berth.Kubernetes.Protobuf;

/// <summary>The encoding itself.</summary>
public sealed class ProtobufReaderTests
{
    [Fact]
    public void Reads_every_kind_of_field()
    {
        byte[] message = new ProtobufWire()
            .Number(1, 1)
            .Number(2, 300)
            .Number(3, ulong.MaxValue)
            .Text(2000, new string('a', 200))
            .Raw([0x29])
            .Raw(new byte[8])
            .Raw([0x35])
            .Raw(new byte[4])
            .Text(7, "")
            .Bytes;
        ProtobufReader reader = new(message);
        Assert.True(reader.Read() && reader.Field == 1 && reader.Flag("f"));
        Assert.True(reader.Read() && reader.Number("f") == 300);
        Assert.True(reader.Read() && reader.Number("f") == -1);
        Assert.True(reader.Read() && reader.Field == 2000 && reader.Text("f").Length == 200);
        Assert.True(reader.Read() && reader.Field == 5);
        Assert.True(reader.Read() && reader.Field == 6);
        Assert.True(reader.Read() && reader.Bytes("f").IsEmpty);
        Assert.False(reader.Read());
        Assert.Equal(message.Length, reader.Position);
    }

    [Theory]
    [InlineData(new byte[] { 0x0a })]
    [InlineData(new byte[] { 0x0a, 5, 1 })]
    [InlineData(new byte[] { 0x08 })]
    [InlineData(new byte[] { 0x08, 0x80 })]
    [InlineData(new byte[] { 0x09, 1, 2 })]
    [InlineData(new byte[] { 0x00, 1 })]
    [InlineData(new byte[] { 0x02, 0 })]
    [InlineData(new byte[] { 0x0b, 0 })]
    [InlineData(new byte[] { 0x08, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1 })]
    [InlineData(new byte[] { 0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1 })]
    public void Refuses_what_is_cut_or_broken(byte[] message) =>
        Assert.Throws<ResourceFormatException>(() => new ProtobufReader(message).Read());

    [Fact]
    public void Refuses_a_field_of_another_type()
    {
        byte[] message = new ProtobufWire().Number(1, 1).Text(1, "x").Number(1, 1UL << 40).Bytes;
        Assert.Throws<ResourceFormatException>(() => At(message, 1).Text("f"));
        Assert.Throws<ResourceFormatException>(() => At(message, 2).Flag("f"));
        Assert.Throws<ResourceFormatException>(() => At(message, 2).Number("f"));
        Assert.Throws<ResourceFormatException>(() => At(message, 3).Number("f"));
        Assert.Throws<ResourceFormatException>(() => At(new ProtobufWire().Field(1, [0xff]).Bytes, 1).Text("f"));
    }

    private static ProtobufReader At(byte[] message, int field)
    {
        ProtobufReader reader = new(message);
        for (int i = 0; i < field; i++)
            Assert.True(reader.Read());
        return reader;
    }
}
