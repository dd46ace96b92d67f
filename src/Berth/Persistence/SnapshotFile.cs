using Berth.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Berth.Persistence;

/// <summary>One snapshot file on disk: read with suspicion, written whole or not at all.</summary>
internal sealed class SnapshotFile(string path, ILogger logger)
{
    // Far above 100,000 endpoints (about 25 MB); a file beyond it is not ours.
    private const long MaxLength = 256 * 1024 * 1024;

    /// <summary>Reads the file. A missing one is empty; a damaged one is set aside with a warning and is empty.</summary>
    public IReadOnlyList<SavedSnapshot> Load()
    {
        try
        {
            FileInfo file = new(path);
            if (!file.Exists)
                return [];
            if (file.Length > MaxLength)
                throw new InvalidDataException($"it has {file.Length} bytes, more than {MaxLength}");
            return SnapshotFileFormat.Decode(File.ReadAllBytes(path));
        }
        catch (InvalidDataException damage)
        {
            SetAside(damage.Message);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Log.SnapshotFileUnreadable(logger, path, exception.Message);
        }

        return [];
    }

    /// <summary>
    /// Writes the file beside its place, flushes it to the disk, and moves it there: readers find the old one or the new one.
    /// </summary>
    /// <exception cref="IOException">The disk refused.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be written.</exception>
    public void Save(IEnumerable<SavedSnapshot> snapshots)
    {
        string beside = path + ".new";
        using (FileStream stream = new(beside,
            new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, Share = FileShare.None }))
        {
            stream.Write(SnapshotFileFormat.Encode(snapshots));
            stream.Flush(flushToDisk: true);
        }

        File.Move(beside, path, overwrite: true);
    }

    private void SetAside(string damage)
    {
        string aside = path + ".damaged";
        try
        {
            File.Move(path, aside, overwrite: true);
            Log.SnapshotFileDamaged(logger, path, damage, aside);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Log.SnapshotFileUnreadable(logger, path, $"{damage}, and it cannot be set aside: {exception.Message}");
        }
    }
}
