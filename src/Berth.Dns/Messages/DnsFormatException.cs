namespace Berth.Dns.Messages;

/// <summary>A message breaks the format. The message is a clause without a full stop.</summary>
internal sealed class DnsFormatException(string clause) : Exception(clause);
