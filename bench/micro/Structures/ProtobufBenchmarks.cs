using BenchmarkDotNet.Attributes;
using Berth.Bench.Cluster;
using Berth.Kubernetes.Wire;
using Google.Protobuf;

namespace Berth.Bench.Micro.Structures;

/// <summary>
/// All fields of the endpoints of one slice of 100, from the bytes of the wire: by our own reader, which returns the bytes in place, and by
/// the reader of Google.Protobuf, which returns copies.
/// </summary>
[MemoryDiagnoser]
public class ProtobufBenchmarks
{
    // discovery.k8s.io/v1, EndpointSlice: the endpoints are field 2.
    private const int Endpoints = 2;
    private const int Lengthy = 2;

    private readonly byte[] _slice = new Fleet().Add("service-b", 1, 100).Slices[0].Protobuf.ToArray();

    [Benchmark(Baseline = true)]
    public long Package()
    {
        long bytes = 0;
        using CodedInputStream slice = new(_slice);
        for (uint tag = slice.ReadTag(); tag != 0; tag = slice.ReadTag())
        {
            if (tag != ((Endpoints << 3) | Lengthy))
            {
                slice.SkipLastField();
                continue;
            }

            using CodedInputStream endpoint = slice.ReadBytes().CreateCodedInput();
            for (uint inner = endpoint.ReadTag(); inner != 0; inner = endpoint.ReadTag())
                bytes += (inner & 7) == Lengthy ? endpoint.ReadBytes().Length : (long)endpoint.ReadUInt64();
        }

        return bytes;
    }

    [Benchmark]
    public long Ours()
    {
        long bytes = 0;
        ProtobufReader slice = new(_slice);
        while (slice.Read())
        {
            if (slice.Field != Endpoints)
                continue;
            ProtobufReader endpoint = new(slice.Bytes("endpoints"));
            while (endpoint.Read())
                bytes += endpoint.Bytes("").Length;
        }

        return bytes;
    }
}
