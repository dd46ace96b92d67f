namespace Berth.TestKit.Dns;

/// <summary>Record types by number. Written apart from the product's, so that a wrong number in one of them shows.</summary>
public static class DnsType
{
    public const int A = 1;
    public const int Ns = 2;
    public const int CName = 5;
    public const int Soa = 6;
    public const int Aaaa = 28;
    public const int Srv = 33;
}
