using System.Buffers.Binary;
using System.IO.Compression;
using Berth.LocalCluster.Fields;

namespace Berth.LocalCluster.Tunnels;

/// <summary>
/// Reads the headers of one connection: one zlib stream over all frames, with the dictionary of SPDY/3. The classes of .NET accept no
/// dictionary. So a stored block with the dictionary is inserted before the client's first block, and later blocks can refer to it.
/// </summary>
internal sealed class SpdyHeaders : IDisposable
{
    private const uint DictionaryId = 0xE3C6A7C2;
    private const byte HasDictionary = 0x20;
    private const int MaxPairs = 64;
    private const int MaxBytes = 64 * 1024;

    private static readonly Lazy<byte[]> s_dictionary = new(ReadDictionary);

    private readonly MemoryStream _compressed = new();
    private DeflateStream? _inflater;

    /// <summary>The dictionary that sender and reader know before the first header.</summary>
    public static ReadOnlySpan<byte> Dictionary => s_dictionary.Value;

    /// <summary>Reads the headers of one frame. Several values of a name are separated by NUL.</summary>
    /// <exception cref="TunnelException">They are no headers, or too many.</exception>
    public IReadOnlyDictionary<string, string> Read(ReadOnlySpan<byte> block)
    {
        try
        {
            if (_inflater is null)
                Begin(block);
            else
                Feed(block);
            uint pairs = Number();
            if (pairs > MaxPairs)
                throw new TunnelException($"A frame with {pairs} headers came; the most is {MaxPairs}.");
            Dictionary<string, string> headers = new(StringComparer.OrdinalIgnoreCase);
            int left = MaxBytes;
            for (uint i = 0; i < pairs; i++)
            {
                string name = Text(ref left);
                headers[name] = Text(ref left);
            }

            return headers;
        }
        catch (InvalidDataException)
        {
            throw Unreadable();
        }
    }

    public void Dispose()
    {
        _inflater?.Dispose();
        _compressed.Dispose();
    }

    private void Begin(ReadOnlySpan<byte> block)
    {
        if (block.Length < 6 || (block[0] & 0xF) != 8 || (block[1] & HasDictionary) == 0
            || BinaryPrimitives.ReadUInt32BigEndian(block[2..]) != DictionaryId)
        {
            throw Unreadable();
        }

        ReadOnlySpan<byte> dictionary = Dictionary;
        byte[] stored = new byte[5 + dictionary.Length];
        BinaryPrimitives.WriteUInt16LittleEndian(stored.AsSpan(1), (ushort)dictionary.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(stored.AsSpan(3), (ushort)~dictionary.Length);
        dictionary.CopyTo(stored.AsSpan(5));
        Feed([.. stored, .. block[6..]]);
        _inflater = new DeflateStream(_compressed, CompressionMode.Decompress, leaveOpen: true);
        Fill(new byte[dictionary.Length]);
    }

    /// <summary>Gives the inflater a block. It has already read the earlier blocks.</summary>
    private void Feed(ReadOnlySpan<byte> block)
    {
        _compressed.SetLength(0);
        _compressed.Write(block);
        _compressed.Position = 0;
    }

    private string Text(ref int left)
    {
        uint length = Number();
        if (length > left)
            throw new TunnelException($"Headers of more than {MaxBytes} bytes came.");
        left -= (int)length;
        byte[] text = new byte[length];
        Fill(text);
        return Encoding.UTF8.GetString(text);
    }

    private uint Number()
    {
        byte[] number = new byte[4];
        Fill(number);
        return BinaryPrimitives.ReadUInt32BigEndian(number);
    }

    private void Fill(byte[] bytes)
    {
        if (_inflater!.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) < bytes.Length)
            throw Unreadable();
    }

    private static TunnelException Unreadable() => new("The headers of a frame are not those of SPDY/3: they cannot be decompressed.");

    /// <summary>The words with their lengths, an empty line, and a text without its length.</summary>
    private static byte[] ReadDictionary()
    {
        string[] parts = FieldTable.Text("spdy-dictionary.txt").TrimEnd('\n').Split("\n\n");
        using MemoryStream dictionary = new();
        byte[] length = new byte[4];
        foreach (string word in parts[0].Split('\n'))
        {
            BinaryPrimitives.WriteInt32BigEndian(length, word.Length);
            dictionary.Write(length);
            dictionary.Write(Encoding.ASCII.GetBytes(word));
        }

        dictionary.Write(Encoding.ASCII.GetBytes(parts[1]));
        return dictionary.ToArray();
    }
}
