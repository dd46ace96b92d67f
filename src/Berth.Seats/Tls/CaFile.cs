using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Berth.Seats.Tls;

/// <summary>CAs whose certificates are accepted, read from a PEM file.</summary>
internal static class CaFile
{
    /// <summary>Returns the CAs, or null with the fault as a sentence.</summary>
    /// <param name="path">The path, for the sentence.</param>
    /// <param name="pem">The content.</param>
    /// <param name="what">The option that names the file.</param>
    /// <param name="fault">The fault as a sentence, or null.</param>
    public static X509Certificate2Collection? TryParse(string path, byte[] pem, string what, out string? fault)
    {
        fault = null;
        X509Certificate2Collection found = [];
        try
        {
            found.ImportFromPem(Encoding.UTF8.GetString(pem));
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException)
        {
            fault = $"{path}, named as {what}, has a certificate that cannot be read: "
                + $"{exception.Message.ReplaceLineEndings(" ").TrimEnd('.')}. Give CAs in PEM.";
            return null;
        }

        if (found.Count == 0)
            fault = $"{path}, named as {what}, contains no certificate in PEM. Give the CAs of the certificates.";
        return fault is null ? found : null;
    }
}
