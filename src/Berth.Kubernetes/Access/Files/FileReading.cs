namespace Berth.Kubernetes.Access.Files;

/// <summary>Reads the small files of a cluster access, and describes a fault as a sentence.</summary>
internal static class FileReading
{
    // Kubeconfigs of large organisations reach a megabyte. A larger file is not a kubeconfig.
    private const long MaxBytes = 8 * 1024 * 1024;

    /// <summary>Returns the whole file.</summary>
    /// <exception cref="ClusterAccessException">It is missing, a folder, unreadable or too large.</exception>
    internal static byte[] Read(string path, string what)
    {
        try
        {
            if (Directory.Exists(path))
                throw new ClusterAccessException($"{path}, named as {what}, is a folder. Name a file.");
            using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            return ReadBounded(file, path, what);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new ClusterAccessException($"There is no file {path}, named as {what}. Create it, or name another.", exception);
        }
        catch (UnauthorizedAccessException exception)
        {
            throw new ClusterAccessException($"{path}, named as {what}, may not be read by this user. "
                + "Change its permissions, or name another file.", exception);
        }
        catch (IOException exception)
        {
            throw new ClusterAccessException(
                $"{path}, named as {what}, cannot be read: {exception.Message} Make it readable, or name another file.", exception);
        }
    }

    private static byte[] ReadBounded(FileStream file, string path, string what)
    {
        // The length of a pipe or of a file in /proc is not known before reading, so the read itself is limited.
        using MemoryStream content = new();
        byte[] buffer = new byte[16 * 1024];
        int read;
        while ((read = file.Read(buffer)) > 0)
        {
            content.Write(buffer, 0, read);
            if (content.Length > MaxBytes)
                throw new ClusterAccessException($"{path}, named as {what}, is larger than {MaxBytes / (1024 * 1024)} MiB, "
                    + "so it is something else. Name another file.");
        }

        return content.ToArray();
    }
}
