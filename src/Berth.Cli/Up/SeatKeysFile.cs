using System.Security.Cryptography;

namespace Berth.Cli.Up;

/// <summary>The keys of a local cluster's seats, in a file that only this user can read. It exists as long as the cluster.</summary>
internal sealed class SeatKeysFile : IDisposable
{
    private readonly DirectoryInfo _folder;

    private SeatKeysFile(DirectoryInfo folder) => _folder = folder;

    public string Path => System.IO.Path.Combine(_folder.FullName, "seat-keys");

    /// <summary>Makes one key.</summary>
    public static SeatKeysFile Create()
    {
        // Only this user can read a new folder.
        SeatKeysFile file = new(Directory.CreateTempSubdirectory("berth-seats-"));
        File.WriteAllText(file.Path, $"local={Convert.ToBase64String(RandomNumberGenerator.GetBytes(32))}\n");
        return file;
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
