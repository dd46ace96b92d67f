namespace Berth.Dns.Messages;

/// <summary>
/// The response codes that Berth handles differently (RFC 1035, 4.1.1; RFC 6891 for the extended ones). Any other code is an error like
/// Refused.
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
