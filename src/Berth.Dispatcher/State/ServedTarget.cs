using Berth.Dispatcher.Json;
using Berth.Dispatcher.Metrics;

namespace Berth.Dispatcher.State;

/// <summary>One served target: its view, its counts of picks and watchers, and its current JSON.</summary>
/// <param name="view">The view.</param>
/// <param name="turns">The turns to compress, which all targets share.</param>
internal sealed class ServedTarget(EndpointView view, CompressionTurns turns)
{
    private int _watchers;
    private CompressedPage? _compressed;
    private ZoneSets? _zones;
    private TargetClashes? _clashes;

    public EndpointView View { get; } = view;

    public StripedCounter Picks { get; } = new();

    public EndpointsPage Page { get; } = new();

    /// <summary>The compressed page. It is created at the first request, because most of 10,000 targets are never requested.</summary>
    public CompressedPage Compressed => Volatile.Read(ref _compressed) ?? CreateCompressed();

    /// <summary>Its clashes of ports. Created at the first request, as the compressed page is.</summary>
    public TargetClashes Clashes => Volatile.Read(ref _clashes) ?? CreateClashes();

    /// <summary>Its pods by zone. Created at the first request, as the compressed page is.</summary>
    public ZoneSets Zones => Volatile.Read(ref _zones) ?? CreateZones();

    /// <summary>The seats of its pods, or null where it has none. Set before the server listens.</summary>
    public ISeatBoard? Seats { get; set; }

    /// <summary>The target's name, as a new string.</summary>
    public string Name => View.Target.ToString();

    /// <summary>The number of watchers.</summary>
    public int Watchers => Volatile.Read(ref _watchers);

    public void AddWatcher(int difference) => Interlocked.Add(ref _watchers, difference);

    private CompressedPage CreateCompressed()
    {
        CompressedPage created = new(turns);
        return Interlocked.CompareExchange(ref _compressed, created, null) ?? created;
    }

    private TargetClashes CreateClashes()
    {
        TargetClashes created = new(View.Target);
        return Interlocked.CompareExchange(ref _clashes, created, null) ?? created;
    }

    private ZoneSets CreateZones()
    {
        ZoneSets created = new();
        return Interlocked.CompareExchange(ref _zones, created, null) ?? created;
    }
}
