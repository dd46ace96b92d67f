using System.Net;
using Berth.Dns.Transport;

namespace Berth.Dns;

/// <summary>
/// One query to one DNS server failed: refused, answered with an error, answered with nonsense, or not answered in time. It is the inner
/// exception of the <see cref="EndpointSourceException"/> that says that no server answered.
/// </summary>
public sealed class DnsQueryException : Exception
{
    internal DnsQueryException(IPEndPoint server, DnsAttemptException attempt)
        : base($"{server} {attempt.Message}", attempt.InnerException)
    {
        Server = server;
        ResponseCode = attempt.ResponseCode;
        Failure = attempt.Failure;
    }

    /// <summary>The server that was asked.</summary>
    public IPEndPoint Server { get; }

    /// <summary>
    /// The code of the answer as operators know it, such as <c>SERVFAIL</c> or <c>REFUSED</c>; null when there was no usable answer.
    /// </summary>
    public string? ResponseCode { get; }

    internal DnsAttemptFailure Failure { get; }
}
