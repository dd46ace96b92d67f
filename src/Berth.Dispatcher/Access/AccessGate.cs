using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Security.Cryptography.X509Certificates;
using Berth.Dispatcher.Diagnostics;
using Berth.Dispatcher.Files;
using Berth.Dispatcher.Http;
using Berth.Dispatcher.Metrics;
using Berth.Seats.Tls;
using Microsoft.Extensions.Logging;

namespace Berth.Dispatcher.Access;

/// <summary>Decides who may ask: the bearer of a token, or a client with a certificate. One of the two is enough.</summary>
internal sealed class AccessGate
{
    private const string Scheme = "Bearer ";
    private const string OfCertificate = "certificate";

    private string? _path;
    private readonly bool _takesCertificates;
    private readonly HashSet<string> _subjects;
    private readonly ILogger _logger;
    private readonly ConcurrentDictionary<string, StripedCounter> _counts = new(StringComparer.Ordinal);
    private byte[] _content = [];
    private string? _fault;
    private volatile TokenTable? _tokens;

    /// <exception cref="DispatcherStartException">The token file has a fault.</exception>
    public AccessGate(DispatcherOptions options, Meter meter, ILogger logger)
    {
        _path = options.TokenFile;
        _takesCertificates = options.Tls?.ClientCaFile is not null;
        _subjects = [.. options.ClientSubjects.Select(static subject => SubjectOf(new X500DistinguishedName(subject)))];
        _logger = logger;
        if (_path is not null && Reload() is not true)
            throw new DispatcherStartException(_fault!);
        meter.CreateObservableCounter(
            "berth.caller.requests",
            () => _counts.Select(
                static c => new Measurement<long>(c.Value.Value, new KeyValuePair<string, object?>("berth.caller.name", c.Key))),
            "{request}",
            "Requests of known callers, by the name of their token.");
    }

    /// <summary>The path of the token file, or null.</summary>
    public string? TokenFile => _path;

    /// <summary>Returns the fault of another token file as a sentence, or null.</summary>
    public static string? FindFault(string path) =>
        SmallFile.TryRead(path, "--token-file", out string? fault) is { } content
            ? TokenTable.TryParse(path, content, out fault) is null ? fault : null
            : fault;

    /// <summary>Uses the tokens of another file. If that file cannot be read, the current tokens stay. For one writer.</summary>
    public void Use(string path)
    {
        _path = path;
        Reload();
    }

    /// <summary>Reads the token file again. Returns null when nothing has changed, otherwise true if it can be used.</summary>
    public bool? Reload()
    {
        if (_path is null)
            return null;
        byte[]? content = SmallFile.TryRead(_path, "--token-file", out string? fault);
        if (content is not null && content.AsSpan().SequenceEqual(_content))
            return null;
        TokenTable? tokens = content is null ? null : TokenTable.TryParse(_path, content, out fault);
        if (content is not null)
            _content = content;
        bool isTold = tokens is null && fault == _fault;
        _fault = fault;
        if (tokens is not null)
        {
            if (_tokens is not null)
                Log.TokensReloaded(_logger, _path, tokens.Names.Count());
            _tokens = tokens;
            return true;
        }

        if (isTold)
            return null;
        if (_tokens is not null)
            Log.FileKept(_logger, fault!);
        return false;
    }

    /// <summary>Finds the caller of a request, or the problem with it.</summary>
    public Caller? Find(Exchange exchange, out Problem? problem)
    {
        string? authorization = exchange.Request.Headers.Authorization;
        Caller? caller = authorization is { Length: > 0 }
            ? OfToken(authorization, out problem)
            : OfCertificateOf(exchange, out problem);
        return caller;
    }

    private Caller? OfToken(string authorization, out Problem? problem)
    {
        NamedToken? token = authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
            ? _tokens?.Find(authorization.AsSpan(Scheme.Length).Trim())
            : null;
        problem = token is null ? Problem.Unauthorized(isKnown: false) : null;
        if (token is null)
            return null;
        Count(token.Name);
        return new Caller(token.Name, token.Targets);
    }

    private Caller? OfCertificateOf(Exchange exchange, out Problem? problem)
    {
        X509Certificate2? certificate = _takesCertificates ? exchange.ClientCertificate : null;
        problem = certificate is null
            ? _tokens is null ? Problem.NoCertificate() : Problem.Unauthorized(isKnown: true)
            : _subjects.Count > 0 && !_subjects.Contains(SubjectOf(certificate.SubjectName)) ? Problem.OtherSubject(certificate.Subject)
            : null;
        if (problem is not null)
            return null;
        Count(OfCertificate);
        return new Caller(certificate!.Subject, null);
    }

    private void Count(string name) => _counts.GetOrAdd(name, static _ => new StripedCounter()).Increment();

    // Compare the text, because two certificates may encode the same name with different types of strings.
    private static string SubjectOf(X500DistinguishedName name) => name.Decode(X500DistinguishedNameFlags.UseCommas);
}
