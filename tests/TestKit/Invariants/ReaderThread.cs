namespace Berth.TestKit.Invariants;

/// <summary>I3: reads all the time, on a separate thread, in every state of the source.</summary>
internal sealed class ReaderThread : IDisposable
{
    private readonly ManualResetEventSlim _stop = new();
    private readonly EndpointDirectory _directory;
    private readonly EndpointView _view;
    private readonly Violations _violations;
    private readonly VersionRules _versions;
    private readonly Thread _thread;

    public ReaderThread(EndpointDirectory directory, EndpointView view, Violations violations)
    {
        _directory = directory;
        _view = view;
        _violations = violations;
        _versions = new VersionRules(violations, "the reading thread");
        _thread = new Thread(Run) { IsBackground = true, Name = "invariant reader" };
        _thread.Start();
    }

    public long Samples { get; private set; }

    public void Dispose()
    {
        _stop.Set();
        _thread.Join();
        _stop.Dispose();
    }

    private void Run()
    {
        // It waits only for its own end, because a reader of the product never has to wait. It also reads the final state.
        bool ended = false;
        while (!ended)
        {
            ended = _stop.Wait(TimeSpan.FromMilliseconds(1));
            try
            {
                Sample();
            }
            catch (Exception exception)
            {
                _violations.Add("I3", $"a reader was thrown {exception.GetType().Name}: {exception.Message}");
            }
        }
    }

    private void Sample()
    {
        EndpointSnapshot? current = _view.Current;
        _versions.Check(current);
        Samples++;
        if (current is null)
            return;
        int available = 0;
        foreach (PodEndpoint endpoint in current.Endpoints)
        {
            if (endpoint.IsAvailable)
                available++;
        }

        _violations.Unless(
            available == current.Available.Count, "I3",
            () => $"version {current.Version} counts {current.Available.Count} available pods and holds {available}");
        _violations.Unless(_view.Age is { } age && age >= TimeSpan.Zero, "I1", () => $"version {current.Version} has no age");
        ValueTask<EndpointSnapshot> read = _directory.GetEndpointsAsync(_view.Target, _view.Ports);
        _violations.Unless(read.IsCompletedSuccessfully, "I3", () => "a reader had to wait although there was a snapshot");
        if (read.IsCompletedSuccessfully)
            _versions.Check(read.Result);
    }
}
