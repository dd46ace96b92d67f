using System.Globalization;
using System.Text;
using Berth.Kubernetes.Http;
using Berth.Kubernetes.InProcess;

namespace Berth.Kubernetes.Cases;

/// <summary>
/// One case: the controllers write, the API tells, and at every moment in between, on a clock that it moves, what readers see is held
/// against the model.
/// </summary>
internal sealed class Case(IReadOnlyList<CaseStep> steps, CaseRules rules)
{
    private static readonly TimeSpan s_maxWait = TimeSpan.FromSeconds(12);
    private static readonly TimeSpan s_backoff = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan s_piece = TimeSpan.FromMilliseconds(100);

    private readonly StringBuilder _told = new();
    private readonly TestClock _time = new();
    private CaseModel _model = null!;
    private CaseApi _api = null!;
    private CaseControllers _controllers = null!;
    private EndpointSnapshot? _shown;
    private bool _hasFailed;
    private DateTimeOffset _start;

    /// <summary>Everything that happened, for people.</summary>
    public string Told => _told.ToString();

    /// <summary>Plays the case. Returns the failure, or null.</summary>
    public async Task<string?> PlayAsync()
    {
        _start = _time.GetUtcNow();
        _model = new CaseModel(rules, _time);
        _api = new CaseApi(_model);
        _controllers = new CaseControllers(_api, _time);
        await using KubernetesEndpointSource source = new(
            new ClusterAccess { Server = new Uri("http://case:8080"), Source = "case" },
            new KubernetesEndpointSourceOptions { TimeProvider = _time, Random = new Random(1) },
            new KubernetesApiOptions { Transport = () => new InProcessTransport((request, _) => _api.Serve(request)) });
        await using IEndpointStream stream = source.Open(new ServiceTarget("k8s-example2", "service-b"), PortScheme.PerOrdinal(3000));
        using CancellationTokenSource over = new();
        // Nothing changes threads here: the client has read the API's events when the call returns.
        Task reading = ReadAsync(stream, over.Token);
        string? wrong = Play();
        await over.CancelAsync();
        await reading;
        return wrong;
    }

    private async Task ReadAsync(IEndpointStream stream, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                _shown = await stream.ReadAsync(cancellationToken);
                _hasFailed = false;
            }
            catch (EndpointSourceException)
            {
                _hasFailed = true;
                _model.Lost();
                await Task.Delay(s_backoff, _time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private string? Play()
    {
        foreach (CaseStep step in steps)
        {
            Note($"{step.Kind} {step.Lot}");
            if (Do(step) is { } wrong)
                return wrong;
        }

        Note("quiet");
        _api.Return();
        if (Pass(s_maxWait) is { } late)
            return late;
        _controllers.Settle();
        return Pass(s_maxWait) ?? Rest();
    }

    private string? Do(CaseStep step)
    {
        Random random = new(step.Lot);
        switch (step.Kind)
        {
            case StepKind.Pass:
                return Pass(TimeSpan.FromMilliseconds(random.Next(1, 300)));
            case StepKind.Rest:
                return Pass(TimeSpan.FromMilliseconds(random.Next(300, 3000)));
            case StepKind.Relist:
                _api.Expire();
                return Check();
            case StepKind.Outage:
                _api.Leave();
                string? wrong = Pass(TimeSpan.FromMilliseconds(random.Next(100, 8000)));
                _api.Return();
                return wrong;
            default:
                _controllers.Do(step);
                return Check();
        }
    }

    /// <summary>Moves the clock from one due moment to the next, and checks each.</summary>
    private string? Pass(TimeSpan time)
    {
        DateTimeOffset end = _time.GetUtcNow() + time;
        while (_time.GetUtcNow() < end)
        {
            DateTimeOffset next = Earlier(_time.GetUtcNow() + s_piece, end);
            next = Earlier(next, Earlier(_controllers.NextWrite ?? next, _model.NextEnd ?? next));
            if (next > _time.GetUtcNow())
                _time.Pass(next - _time.GetUtcNow(), static () => { });
            if (Check() is { } late)
                return late;
            while (_controllers.NextWrite is { } due && due <= _time.GetUtcNow())
            {
                string before = string.Join(' ', _api.Slices.Values);
                _controllers.WriteNext();
                string after = string.Join(' ', _api.Slices.Values);
                if (before != after)
                    Note(after);
                if (Check() is { } wrong)
                    return wrong;
            }
        }

        return null;
    }

    private static DateTimeOffset Earlier(DateTimeOffset left, DateTimeOffset right) => left < right ? left : right;

    /// <summary>Holds what readers see at this moment against the promises. Returns the first that is broken, or null.</summary>
    private string? Check()
    {
        // Between a failure and the next event nothing is published. Then the only promise is that the last snapshot stays.
        if (!_model.IsListed || _shown is not { } shown || _hasFailed || !_api.HasToldAll)
            return null;
        CasePromise[] promises = [.. _model.Promises()];
        string? wrong = FirstBroken(shown, promises);
        return wrong is null ? null
            : string.Create(CultureInfo.InvariantCulture, $"At {(_time.GetUtcNow() - _start).TotalSeconds:0.000} s: {wrong}");
    }

    private string? FirstBroken(EndpointSnapshot shown, CasePromise[] promises)
    {
        bool isOwn = Array.Exists(promises, static p => IsOwn(p.Name));
        foreach (CasePromise promise in promises)
        {
            // Pods of something else are left out while there are pods of the Service's own set.
            if (!IsOwn(promise.Name) && rules.StrangersAreLeftOut)
                continue;
            if (shown.FindByName(promise.Name) is not { } pod)
                return $"{promise.Name} is missing: {string.Join(" or ", promise.Right.AsEnumerable())}";
            if (!Array.Exists(promise.Right, right => Describe(right) == Describe(pod)))
                return $"{promise.Name} is shown as {Describe(pod)}, and is {string.Join(" or ", promise.Right.Select(Describe))}";
            if (_model.FindWrongFamily(pod) is { } family)
                return $"{promise.Name} is shown at {string.Join(',', pod.Addresses)}: its {family} address is wrong";
        }

        foreach (PodEndpoint pod in shown.Endpoints)
        {
            if (isOwn && !IsOwn(pod.Name) && rules.StrangersAreLeftOut)
                return $"{pod.Name} is shown, and is no pod of the set";
            if (!Array.Exists(promises, promise => promise.Name == pod.Name))
                return $"{pod.Name} is still shown";
            // Its conditions are those of the model, or the above has found them.
            if (shown.Available.Contains(pod) != (pod.Ready && (pod.Serving || !rules.ServingCounts) && !pod.Terminating))
                return $"{pod.Name} is {Describe(pod)}, and is {(shown.Available.Contains(pod) ? "" : "not ")}handed out";
        }

        bool isFrozen = (rules.OrphansAreTold && _model.Slices.Values.Any(static s => s.IsDealt && !s.HasOwner))
            || (rules.MirrorsAreTold && _model.Slices.Values.Any(static s => s.Manager == CaseManager.Mirroring)
                && _model.Slices.Values.Any(static s => s.IsDealt));
        bool isTold = shown.Warnings.Any(static w => w.Kind == EndpointWarningKind.FrozenSlices);
        return isFrozen == isTold ? null : $"slices {(isFrozen ? "are" : "are not")} frozen, and that is {(isTold ? "" : "not ")}told";
    }

    /// <summary>At rest every pod that is alive is shown: the controllers of the case have left none out.</summary>
    private string? Rest()
    {
        foreach (CaseEndpoint pod in _controllers.Pods.Where(static p => IsOwn(p.Name)))
        {
            if (_shown?.FindByName(pod.Name)?.Uid != pod.Uid)
                return $"At rest {pod} is missing";
        }

        return null;
    }

    private static bool IsOwn(string name) =>
        name.Length == "service-b-0".Length && name.StartsWith("service-b-", StringComparison.Ordinal);

    private static string Describe(CaseEndpoint pod) => $"{pod.Uid} node-{pod.Node} {pod.State}";

    private static string Describe(PodEndpoint pod) =>
        $"{pod.Uid} {pod.Node} {(pod.Ready ? "r" : "-")}{(pod.Serving ? "s" : "-")}{(pod.Terminating ? "t" : "-")}";

    private void Note(string what) =>
        _told.Append(CultureInfo.InvariantCulture, $"{(_time.GetUtcNow() - _start).TotalSeconds:0.000} {what}").Append('\n');
}
