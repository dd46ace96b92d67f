using System.Net;
using Berth.Dns.Transport;

namespace Berth.Dns;

/// <summary>
/// One query to one DNS server failed: it was refused, answered with an error or a malformed message, or not answered in time. It is the
/// inner exception of the <see cref="EndpointSourceException"/> that reports that no server answered.
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
    /// The usual name of the response code, such as <c>SERVFAIL</c> or <c>REFUSED</c>; null when there was no usable answer.
    /// </summary>
    public string? ResponseCode { get; }

    internal DnsAttemptFailure Failure { get; }
}
