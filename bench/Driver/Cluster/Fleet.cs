using System.Globalization;

namespace Berth.Bench.Cluster;

/// <summary>The data of the fake API server: Services and their slices, the same in every run.</summary>
internal sealed class Fleet
{
    public const string Namespace = "scale";

    /// <summary>The Service of most rows.</summary>
    public const string Service = "service-b";

    private const int PodsPerNode = 10;

    private readonly List<SliceTemplate> _slices = [];
    private readonly List<(string Service, int Slices, int PodsPerSlice)> _added = [];
    private int _pods;
    private long _version = 1_000_000_000;

    public IReadOnlyList<SliceTemplate> Slices => _slices;

    public long Version => _version;

    /// <summary>Adds one Service with one StatefulSet. With base port 3000 a set may have 62,535 pods.</summary>
    public Fleet Add(string service, int slices, int podsPerSlice)
    {
        _added.Add((service, slices, podsPerSlice));
        for (int slice = 0; slice < slices; slice++)
        {
            PodShape[] pods = new PodShape[podsPerSlice];
            for (int i = 0; i < podsPerSlice; i++)
            {
                int pod = (slice * podsPerSlice) + i;
                pods[i] = new PodShape(string.Create(CultureInfo.InvariantCulture, $"{service}-{pod}"), _pods, _pods / PodsPerNode);
                _pods++;
            }

            _slices.Add(
                new SliceTemplate(
                    Namespace, service, string.Create(CultureInfo.InvariantCulture, $"{service}-{slice:x5}"), ++_version, pods));
        }

        return this;
    }

    /// <summary>Adds many Services with one slice each, named by number.</summary>
    public Fleet AddMany(string prefix, int services, int podsPerService)
    {
        for (int i = 0; i < services; i++)
            Add(string.Create(CultureInfo.InvariantCulture, $"{prefix}-{i:d5}"), 1, podsPerService);
        return this;
    }

    /// <summary>The same data for another server, as it was before any change.</summary>
    public Fleet Copy()
    {
        Fleet copy = new();
        foreach ((string service, int slices, int podsPerSlice) in _added)
            copy.Add(service, slices, podsPerSlice);
        return copy;
    }

    /// <summary>Changes one slice.</summary>
    public SliceEvent Change(int slice) => _slices[slice].Change(++_version);
}
