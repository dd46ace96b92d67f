namespace Berth.Seats.Tls;

/// <summary>Reads a small file that an option names, such as a certificate, and describes a fault as a sentence.</summary>
internal static class SmallFile
{
    /// <summary>A file of certificates or tokens is far smaller. A larger one is a mistake.</summary>
    internal const int MaxBytes = 1024 * 1024;

    /// <summary>Returns the whole file, or null with the fault.</summary>
    /// <param name="path">The path.</param>
    /// <param name="what">The content of the file, such as "the certificate".</param>
    /// <param name="fault">The fault as a sentence, or null.</param>
    public static byte[]? TryRead(string path, string what, out string? fault)
    {
        try
        {
            if (Directory.Exists(path))
            {
                fault = $"{path}, named as {what}, is a folder. Name a file.";
                return null;
            }

            using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            byte[] buffer = new byte[MaxBytes + 1];
            int length = file.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
            fault = length > MaxBytes ? $"{path}, named as {what}, has more than {MaxBytes} bytes. Name the right file." : null;
            return fault is null ? buffer[..length] : null;
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            fault = $"There is no file {path}, named as {what}. Create it, or name another.";
        }
        catch (UnauthorizedAccessException)
        {
            fault = $"{path}, named as {what}, may not be read by this user. Change its permissions, or name another file.";
        }
        catch (Exception exception) when (exception is IOException or ArgumentException or NotSupportedException)
        {
            fault = $"{path}, named as {what}, cannot be read: {exception.Message.TrimEnd('.')}. Name a file that can.";
        }

        return null;
    }
}
