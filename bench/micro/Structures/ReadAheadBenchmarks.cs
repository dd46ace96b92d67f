using BenchmarkDotNet.Attributes;
using Berth.Kubernetes.Http;

namespace Berth.Bench.Micro.Structures;

/// <summary>
/// A connection whose HTTP client reads pieces of 4 KB: an answer of 1 MB, and one read of 200 bytes, after which the connection waits.
/// Through our own stream, and through the runtime's with a buffer of the same length.
/// </summary>
[MemoryDiagnoser]
public class ReadAheadBenchmarks
{
    private const int PieceLength = 4096;
    private const int Much = 1024 * 1024;
    private const int Little = 200;
    private const int BufferLength = 64 * 1024;

    private readonly byte[] _much = new byte[Much];
    private readonly byte[] _piece = new byte[PieceLength];

    [Benchmark(Baseline = true)]
    public Task<int> MuchRuntimeAsync() => ReadAsync(new BufferedStream(new MemoryStream(_much), BufferLength));

    [Benchmark]
    public Task<int> MuchOursAsync() => ReadAsync(new ReadAheadStream(new MemoryStream(_much)));

    [Benchmark]
    public Task<int> LittleRuntimeAsync() => ReadAsync(new BufferedStream(new MemoryStream(_much, 0, Little), BufferLength));

    [Benchmark]
    public Task<int> LittleOursAsync() => ReadAsync(new ReadAheadStream(new MemoryStream(_much, 0, Little)));

    private async Task<int> ReadAsync(Stream stream)
    {
        int sum = 0;
        while (await stream.ReadAsync(_piece) is > 0 and int read)
            sum += read;
        return sum;
    }
}
