using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using BenchmarkDotNet.Attributes;
using Berth.Dispatcher.Files;

namespace Berth.Bench.Micro.Structures;

/// <summary>
/// The token that a client sent, of the tokens of a file: in our own table, which is the runtime's dictionary by a digest with a secret
/// key, and in the same dictionary by the hash of the token.
/// </summary>
[MemoryDiagnoser]
public class TokenBenchmarks
{
    private readonly Dictionary<UInt128, NamedToken> _byHash = [];
    private TokenTable _table = null!;
    private string _sent = "";

    /// <summary>The number of tokens.</summary>
    [Params(10, 1000)]
    public int Tokens { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        StringBuilder file = new();
        for (int i = 0; i < Tokens; i++)
        {
            _sent = Convert.ToHexStringLower(SHA256.HashData(BitConverter.GetBytes(i)));
            file.Append(CultureInfo.InvariantCulture, $"client-{i} {_sent}\n");
            _byHash.Add(HashOf(_sent), new NamedToken($"client-{i}", null));
        }

        _table = TokenTable.TryParse("tokens", Encoding.UTF8.GetBytes(file.ToString()), out string? fault)
            ?? throw new InvalidOperationException(fault);
    }

    [Benchmark(Baseline = true)]
    public object? Runtime() => _byHash.GetValueOrDefault(HashOf(_sent));

    [Benchmark]
    public object? Ours() => _table.Find(_sent);

    private static UInt128 HashOf(string token)
    {
        Span<byte> bytes = stackalloc byte[TokenTable.MaxLength];
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes[..Encoding.UTF8.GetBytes(token, bytes)], hash);
        return BitConverter.ToUInt128(hash);
    }
}
