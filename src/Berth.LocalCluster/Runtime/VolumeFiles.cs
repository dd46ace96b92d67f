using System.Runtime.InteropServices;

namespace Berth.LocalCluster.Runtime;

/// <summary>
/// The files of a volume, written as a kubelet writes them: into a folder of their own that <c>..data</c> points to, and a link for each
/// name. A change is a new folder and one move of that link, so that a reader sees all files of before or all of after.
/// </summary>
internal static partial class VolumeFiles
{
    private const string Data = "..data";

    /// <summary>Writes the files, by their paths below the volume's folder. Files that are the same as before are left alone.</summary>
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

    /// <summary>Makes a link point elsewhere, in one step where the system has one.</summary>
    private static void Point(string link, string to)
    {
        if (OperatingSystem.IsWindows())
        {
            if (Directory.Exists(link))
                Directory.Delete(link);
            Directory.CreateSymbolicLink(link, to);
            return;
        }

        // File.Move wants a file, and this is a link to a folder.
        File.CreateSymbolicLink(link + ".new", to);
        if (Rename(link + ".new", link) != 0)
            throw new IOException($"{link} cannot be made to point to {to}: error {Marshal.GetLastPInvokeError()} of rename(2).");
    }

    /// <summary>A link for each first part of a path; links of names that are gone go too.</summary>
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
