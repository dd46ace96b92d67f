namespace Berth.Dns.Messages;

/// <summary>
/// The response codes that are answered differently (RFC 1035, 4.1.1; RFC 6891 for the extended ones). Any other is an error like Refused.
/// </summary>
internal enum DnsResponseCode
{
    NoError = 0,
    FormatError = 1,
    ServerFailure = 2,
    NameDoesNotExist = 3,
    NotImplemented = 4,
    Refused = 5,
    BadVersion = 16,
}
