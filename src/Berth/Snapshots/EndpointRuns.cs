using System.Runtime.InteropServices;
using Berth.Pods;

namespace Berth.Snapshots;

/// <summary>The writer's endpoints in order, in runs of bounded length. A run is frozen again only after it has changed.</summary>
internal sealed class EndpointRuns
{
    // A change copies one run. The length keeps the list of runs short at 100,000 endpoints, and a copy takes about a microsecond.
    public const int MaxLength = 256;

    private readonly List<Run> _runs = [];

    /// <summary>The number of endpoints.</summary>
    public int Count { get; private set; }

    /// <summary>Returns the endpoint of this name and ordinal, or null.</summary>
    public PodEndpoint? Find(int? ordinal, string name)
    {
        int at = FindRun(ordinal, name);
        if (at == _runs.Count)
            return null;
        ReadOnlySpan<PodEndpoint> run = _runs[at].Endpoints;
        PodEndpoint found = run[EndpointOrder.LowerBound(run, ordinal, name)];
        return found.Ordinal == ordinal && PodNames.IsNamed(found, name) ? found : null;
    }

    /// <summary>Returns the endpoint with the same name and ordinal as another one, or null.</summary>
    public PodEndpoint? FindLike(PodEndpoint endpoint)
    {
        int at = FindRun(endpoint);
        if (at == _runs.Count)
            return null;
        ReadOnlySpan<PodEndpoint> run = _runs[at].Endpoints;
        PodEndpoint found = run[EndpointOrder.LowerBound(run, endpoint)];
        return EndpointOrder.Compare(found, endpoint) == 0 ? found : null;
    }

    /// <summary>Adds many endpoints to an empty list. They are in order, and no two have one name.</summary>
    public void Fill(PodEndpoint[][] runs)
    {
        foreach (PodEndpoint[] run in runs)
        {
            Count += run.Length;
            _runs.Add(new Run(run));
        }
    }

    public void Insert(PodEndpoint endpoint)
    {
        Count++;
        int at = Math.Min(FindRun(endpoint), _runs.Count - 1);
        if (at < 0)
        {
            _runs.Add(new Run(new List<PodEndpoint> { endpoint }));
            return;
        }

        List<PodEndpoint> run = _runs[at].Edit();
        run.Insert(EndpointOrder.LowerBound(CollectionsMarshal.AsSpan(run), endpoint), endpoint);
        if (run.Count <= MaxLength)
            return;
        // Sets grow at their end. Leave the previous run full, instead of two halves that never fill up.
        int keep = at == _runs.Count - 1 ? MaxLength : MaxLength / 2;
        _runs.Insert(at + 1, new Run(run.GetRange(keep, run.Count - keep)));
        run.RemoveRange(keep, run.Count - keep);
    }

    public void Remove(PodEndpoint endpoint)
    {
        Count--;
        int at = FindRun(endpoint);
        List<PodEndpoint> run = _runs[at].Edit();
        run.RemoveAt(EndpointOrder.LowerBound(CollectionsMarshal.AsSpan(run), endpoint));
        if (run.Count == 0)
            _runs.RemoveAt(at);
        else if (at + 1 < _runs.Count && run.Count + _runs[at + 1].Endpoints.Length <= MaxLength / 2)
            Join(at);
    }

    public EndpointChunk[] Freeze()
    {
        EndpointChunk[] chunks = new EndpointChunk[_runs.Count];
        for (int i = 0; i < chunks.Length; i++)
            chunks[i] = _runs[i].Freeze();
        return chunks;
    }

    /// <summary>Merges runs, so that their number stays in proportion to the endpoints when a large set shrinks.</summary>
    private void Join(int at)
    {
        _runs[at].Edit().AddRange(_runs[at + 1].Endpoints);
        _runs.RemoveAt(at + 1);
    }

    /// <summary>The first run whose last endpoint is not before the given one.</summary>
    private int FindRun(int? ordinal, string name)
    {
        int low = 0;
        int high = _runs.Count;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (EndpointOrder.Compare(_runs[middle].Endpoints[^1], ordinal, name) < 0)
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }

    private int FindRun(PodEndpoint endpoint)
    {
        int low = 0;
        int high = _runs.Count;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (EndpointOrder.Compare(_runs[middle].Endpoints[^1], endpoint) < 0)
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }

    /// <summary>A run is either frozen and shared with snapshots, or being changed. An unchanged run exists once.</summary>
    private sealed class Run
    {
        private List<PodEndpoint>? _edited;
        private EndpointChunk? _frozen;

        public Run(List<PodEndpoint> endpoints) => _edited = endpoints;

        public Run(PodEndpoint[] endpoints) => _frozen = new EndpointChunk(endpoints);

        public ReadOnlySpan<PodEndpoint> Endpoints => _edited is null ? _frozen!.All : CollectionsMarshal.AsSpan(_edited);

        public List<PodEndpoint> Edit()
        {
            _edited ??= [.. _frozen!.All];
            _frozen = null;
            return _edited;
        }

        public EndpointChunk Freeze()
        {
            _frozen ??= new EndpointChunk([.. _edited!]);
            _edited = null;
            return _frozen;
        }
    }
}
