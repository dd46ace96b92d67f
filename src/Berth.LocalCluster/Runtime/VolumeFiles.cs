using System.Runtime.InteropServices;

namespace Berth.LocalCluster.Runtime;

/// <summary>
/// Writes the files of a volume as a kubelet does: into a separate folder that <c>..data</c> points to, with a link for each name. A change
/// creates a new folder and moves that link once, so that a reader sees all old files or all new files.
/// </summary>
internal static partial class VolumeFiles
{
    private const string Data = "..data";

    /// <summary>Writes the files by their paths below the volume's folder. Unchanged files are not touched.</summary>
    public static void Write(string folder, IReadOnlyDictionary<string, VolumeFile> files)
    {
        Directory.CreateDirectory(folder);
        string data = Path.Combine(folder, Data);
        string? before = new FileInfo(data).LinkTarget;
        if (before is not null && IsSame(Path.Combine(folder, before), files))
            return;
        int number = before is null ? 1 : int.Parse(before.AsSpan(2), CultureInfo.InvariantCulture) + 1;
        string name = string.Create(CultureInfo.InvariantCulture, $"..{number}");
        foreach ((string path, VolumeFile file) in files)
            WriteOne(Path.Combine(folder, name, path), file);
        Directory.CreateDirectory(Path.Combine(folder, name));
        Point(data, name);
        LinkNames(folder, files);
        if (before is not null)
            Directory.Delete(Path.Combine(folder, before), recursive: true);
    }

    /// <summary>Changes the target of a link, in one step if the system can do that.</summary>
    private static void Point(string link, string to)
    {
        if (OperatingSystem.IsWindows())
        {
            if (Directory.Exists(link))
                Directory.Delete(link);
            Directory.CreateSymbolicLink(link, to);
            return;
        }

        // File.Move requires a file, and this is a link to a folder.
        File.CreateSymbolicLink(link + ".new", to);
        if (Rename(link + ".new", link) != 0)
            throw new IOException($"{link} cannot be made to point to {to}: error {Marshal.GetLastPInvokeError()} of rename(2).");
    }

    /// <summary>Creates a link for each first part of a path, and removes links of names that no longer exist.</summary>
    private static void LinkNames(string folder, IReadOnlyDictionary<string, VolumeFile> files)
    {
        HashSet<string> names = files.Keys.Select(static path => path.Split('/')[0]).ToHashSet(StringComparer.Ordinal);
        foreach (string old in Directory.EnumerateFileSystemEntries(folder).Select(static path => Path.GetFileName(path)).ToList())
        {
            if (!old.StartsWith("..", StringComparison.Ordinal) && !names.Remove(old))
                File.Delete(Path.Combine(folder, old));
        }

        foreach (string name in names)
            File.CreateSymbolicLink(Path.Combine(folder, name), $"{Data}/{name}");
    }

    private static bool IsSame(string folder, IReadOnlyDictionary<string, VolumeFile> files)
    {
        string[] before = [.. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(folder, path)).Order(StringComparer.Ordinal)];
        return before.SequenceEqual(files.Keys.Order(StringComparer.Ordinal), StringComparer.Ordinal)
            && files.All(file => File.ReadAllBytes(Path.Combine(folder, file.Key)).AsSpan().SequenceEqual(file.Value.Content));
    }

    [LibraryImport("libc", EntryPoint = "rename", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Rename(string from, string to);

    private static void WriteOne(string path, VolumeFile file)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, file.Content);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, (UnixFileMode)(file.Mode & 0b111_111_111));
    }
}
