namespace Berth.Dns.Transport;

/// <summary>One attempt at one server failed. The message is a clause that follows the server's address: "answered SERVFAIL".</summary>
internal sealed class DnsAttemptException(string clause, Exception? inner = null) : Exception(clause, inner)
{
    public DnsAttemptFailure Failure { get; init; }

    /// <summary>The code of the answer, such as <c>SERVFAIL</c>, or null.</summary>
    public string? ResponseCode { get; init; }
}
