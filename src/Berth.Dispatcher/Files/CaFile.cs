using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Berth.Dispatcher.Files;

/// <summary>The CAs whose client certificates are accepted, read from a PEM file.</summary>
internal static class CaFile
{
    /// <summary>Returns the CAs, or null with the fault as a sentence.</summary>
    public static X509Certificate2Collection? TryParse(string path, byte[] pem, out string? fault)
    {
        fault = null;
        X509Certificate2Collection found = [];
        try
        {
            found.ImportFromPem(Encoding.UTF8.GetString(pem));
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException)
        {
            fault = $"{path}, named as --client-ca, has a certificate that cannot be read: "
                + $"{exception.Message.ReplaceLineEndings(" ").TrimEnd('.')}. Give CAs in PEM.";
            return null;
        }

        if (found.Count == 0)
            fault = $"{path}, named as --client-ca, contains no certificate in PEM. Give the CAs of the clients' certificates.";
        return fault is null ? found : null;
    }
}
