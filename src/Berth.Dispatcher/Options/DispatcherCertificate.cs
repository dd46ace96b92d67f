namespace Berth.Dispatcher;

/// <summary>The two files of a server's certificate. They are read again when they change.</summary>
/// <param name="CertificateFile">
/// The path of a PEM file with the certificate, followed by the intermediate certificates up to its root.
/// </param>
/// <param name="KeyFile">The path of a PEM file with its private key, RSA or ECDSA, without a password.</param>
public sealed record DispatcherCertificate(string CertificateFile, string KeyFile);
