using System.Diagnostics.Metrics;
using System.Net;
using Berth.Checks;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Berth.Remote;

/// <summary>The options of a <see cref="RemoteEndpointSource"/>. Every value has a default.</summary>
public sealed class RemoteEndpointSourceOptions
{
    private const int MinEventBytes = 64 * 1024;
    private const int MaxEventBytesLimit = 1024 * 1024 * 1024;

    /// <summary>
    /// The bearer token of each request, for a dispatcher behind authentication. Default: null, for none. Not empty, and not together with
    /// <see cref="TokenFile"/>. It is sent unencrypted over <c>http</c>: use an <c>https</c> address on networks that others can read.
    /// </summary>
    public string? Token { get; init; }

    /// <summary>
    /// The path of a file with the bearer token. It is read again for each connection, so that another program can rotate it. While it is
    /// missing or empty, the token that was read before stays in use. Default: null, for none. Not empty.
    /// </summary>
    public string? TokenFile { get; init; }

    /// <summary>
    /// The path of a PEM file with the CAs that may sign the dispatcher's certificate, and no others. It is read again for each
    /// connection. Default: null, for the roots of this machine. Not empty.
    /// </summary>
    public string? CertificateAuthorityFile { get; init; }

    /// <summary>The proxy for requests. Default: null, for none; the environment's proxy is not used.</summary>
    public IWebProxy? Proxy { get; init; }

    /// <summary>
    /// The time in which a dispatcher has to accept the connection and to send the head of its answer. Default 10 s; above 0 and up to 5
    /// minutes.
    /// </summary>
    public TimeSpan AnswerTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// The time without a byte after which a stream counts as dead, and another connection is opened. Default 35 s; above 0 and up to 1
    /// hour. A dispatcher sends something every 15 s.
    /// </summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromSeconds(35);

    /// <summary>
    /// The time in which an event has to be complete, so that a dispatcher that sends one byte at a time does not hold the client.
    /// Default 2 minutes; above 0 and up to 1 hour.
    /// </summary>
    public TimeSpan EventTimeout { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>
    /// The limit of bytes in one event; more are an error. Default 256 MiB; 64 KiB to 1 GiB. A snapshot takes about 430 bytes a pod.
    /// </summary>
    public int MaxEventBytes { get; init; } = 256 * 1024 * 1024;

    /// <summary>
    /// The run id of the dispatcher that this source feeds, if it feeds one. A dispatcher that gets its endpoints from that run is refused,
    /// because the two would only confirm each other. Default: null, for none. Not empty.
    /// </summary>
    public string? RunId { get; init; }

    /// <summary>
    /// The name of the cluster behind the dispatchers, where several are followed (<see cref="ClusterEndpointSource"/>): each endpoint has
    /// it. If the dispatcher follows several clusters itself, their names follow this one, as in <c>far/east</c>. Default: null, for no
    /// name. A label as in Kubernetes (RFC 1123).
    /// </summary>
    public string? Cluster { get; init; }

    /// <summary>The clock. Default: the system's.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>
    /// Creates the logger <c>Berth.Remote</c>, which reports which dispatcher is followed. Default: logs nothing.
    /// </summary>
    public ILoggerFactory LoggerFactory { get; init; } = NullLoggerFactory.Instance;

    /// <summary>The meter of <c>berth.remote.requests</c>. Default: null, which creates a meter named <c>Berth.Remote</c>.</summary>
    public Meter? Meter { get; init; }

    /// <summary>Finds all faults: one sentence for each, with the value and the remedy. Empty when the options can be used.</summary>
    public IReadOnlyList<string> FindFaults()
    {
        OptionFaults faults = new();
        faults.Check(Token is not "", "Token is empty. Give a token, or null for none.");
        faults.Check(TokenFile is not "", "TokenFile is empty. Give the path of a file with a token, or null for none.");
        faults.Check(Token is null || TokenFile is null, "Token and TokenFile are both given. Give one of them.");
        // A line break would end the header, so only characters that a header may contain are allowed. The message does not contain the
        // token.
        faults.Check(
            Token is null || !Token.AsSpan().ContainsAnyExceptInRange('!', '~'),
            "Token contains a space, a line break or a letter that no header may have. Give the token alone.");
        faults.Check(
            CertificateAuthorityFile is not "", "CertificateAuthorityFile is empty. Give the path of a PEM file, or null for the roots of "
            + "this machine.");
        faults.CheckAboveZero(AnswerTimeout, TimeSpan.FromMinutes(5), nameof(AnswerTimeout));
        faults.CheckAboveZero(IdleTimeout, TimeSpan.FromHours(1), nameof(IdleTimeout));
        faults.CheckAboveZero(EventTimeout, TimeSpan.FromHours(1), nameof(EventTimeout));
        faults.CheckRange(MaxEventBytes, MinEventBytes, MaxEventBytesLimit, nameof(MaxEventBytes));
        faults.Check(RunId is not "", "RunId is empty. Give the run id of the dispatcher that is fed, or null for none.");
        if (Cluster is not null && ClusterEndpointSource.FindFaults([Cluster]) is [{ } wrong])
            faults.Check(false, wrong);
        faults.CheckGiven(TimeProvider, nameof(TimeProvider));
        faults.CheckGiven(LoggerFactory, nameof(LoggerFactory));
        return faults.Found;
    }
}
