using System.Security.Cryptography;
using System.Text;
using Berth.Persistence;

namespace Berth.Fuzz.Targets;

/// <summary>A snapshot file: as it is, and with a right checksum, so that the rest of the file is read too.</summary>
internal static class SnapshotFileTarget
{
    public static FuzzTarget Decode { get; } = new("snapshot-file", Read, static e => e is InvalidDataException, BytesPerByte: 600);

    private static void Read(byte[] input)
    {
        try
        {
            SnapshotFileFormat.Decode(input);
        }
        catch (InvalidDataException)
        {
            int line = Array.IndexOf(input, (byte)'\n');
            byte[] body = input[(line + 1)..];
            byte[] header = Encoding.ASCII.GetBytes($"berth-snapshot 1 sha256={Convert.ToHexStringLower(SHA256.HashData(body))}\n");
            foreach (SavedSnapshot saved in SnapshotFileFormat.Decode((byte[])[.. header, .. body]))
                _ = saved.Restore(PortScheme.PerOrdinal(3000)).Available.Count;
        }
    }
}
