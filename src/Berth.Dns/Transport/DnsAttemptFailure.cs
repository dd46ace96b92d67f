namespace Berth.Dns.Transport;

/// <summary>How an attempt failed, where that tells something about what the server has.</summary>
internal enum DnsAttemptFailure
{
    /// <summary>In another way, such as SERVFAIL or a broken message: it may be over in a moment.</summary>
    Other,

    /// <summary>Nothing came in time.</summary>
    NoAnswer,

    /// <summary>The server said that it does not do this: NOTIMP, REFUSED or FORMERR.</summary>
    Refusal,

    /// <summary>An answer with records came, and was cut.</summary>
    CutAnswer,
}
