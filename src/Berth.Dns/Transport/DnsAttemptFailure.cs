namespace Berth.Dns.Transport;

/// <summary>The kinds of failed attempts that say something about the records of the server.</summary>
internal enum DnsAttemptFailure
{
    /// <summary>Any other failure, such as SERVFAIL or a malformed message. It may be temporary.</summary>
    Other,

    /// <summary>No answer arrived in time.</summary>
    NoAnswer,

    /// <summary>The server does not support the question: NOTIMP, REFUSED or FORMERR.</summary>
    Refusal,

    /// <summary>An answer with records arrived, truncated.</summary>
    CutAnswer,
}
