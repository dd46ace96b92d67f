using Berth.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Berth.Persistence;

/// <summary>One snapshot file on disk. It is checked when it is read, and written completely or not at all.</summary>
internal sealed class SnapshotFile(string path, ILogger logger)
{
    // Far above 100,000 endpoints (about 25 MB). A larger file is not a snapshot file.
    private const long MaxLength = 256 * 1024 * 1024;

    /// <summary>Reads the file. A missing file is empty. A damaged file is renamed, with a warning, and is empty.</summary>
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
        catch (InvalidDataException exception)
        {
            SetAside(exception.Message);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Log.SnapshotFileUnreadable(logger, path, exception.Message);
        }

        return [];
    }

    /// <summary>Writes a new file, flushes it to the disk, and renames it: readers find the old file or the new one.</summary>
    /// <exception cref="IOException">The disk refused the write.</exception>
    /// <exception cref="UnauthorizedAccessException">Writing to the folder is forbidden.</exception>
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
            Log.SnapshotFileUnreadable(logger, path, $"{damage}, and it cannot be renamed: {exception.Message}");
        }
    }
}
