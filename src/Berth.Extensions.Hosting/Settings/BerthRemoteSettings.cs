namespace Berth.Extensions.Hosting;

/// <summary>The settings of the source <c>Remote</c>: section <c>Berth:Remote</c>.</summary>
public sealed class BerthRemoteSettings
{
    /// <summary>
    /// The addresses of dispatchers (service A), each once, in the order in which they are asked, as in
    /// <c>http://service-a.k8s-example2</c>. Default: none; the source <c>Remote</c> needs at least one.
    /// </summary>
    public IList<string> Dispatchers { get; } = [];

    /// <summary>
    /// The bearer token of each request. Default: null, for none. Not empty, and not together with <see cref="TokenFile"/>.
    /// </summary>
    public string? Token { get; set; }

    /// <summary>The path of a file with the token, read again for each connection. Default: null, for none. Not empty.</summary>
    public string? TokenFile { get; set; }

    /// <summary>
    /// The path of a PEM file with the CAs that may sign a dispatcher's certificate, and no others. Default: null, for the roots of this
    /// machine. Not empty.
    /// </summary>
    public string? CertificateAuthorityFile { get; set; }
}
