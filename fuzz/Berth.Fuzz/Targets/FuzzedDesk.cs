using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;
using Berth.Seats;
using Berth.Seats.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Time.Testing;

namespace Berth.Fuzz.Targets;

/// <summary>A desk and its routes without sockets. For every request its answer is documented and its count of seats is right.</summary>
internal sealed class FuzzedDesk : IDisposable
{
    private static readonly HashSet<int> s_statuses = [200, 204, 400, 403, 404, 405, 409, 413, 422, 503];

    private readonly SeatDesk _desk;
    private readonly DeskApplication _application;
    private readonly string _token;

    private FuzzedDesk()
    {
        string file = Path.Combine(Path.GetTempPath(), $"berth-fuzz-{Guid.NewGuid():N}");
        File.WriteAllText(file, "one=MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=");
        try
        {
            _desk = new SeatDesk(new SeatDeskOptions
            {
                Pod = PodIdentity.FromEnvironment(static name => name == PodIdentity.NameVariable ? "lobby-0" : "games"),
                Capacity = 20,
                KeyFile = file,
                MaxRemembered = 64,
                // The key file is read again as time passes, and here no time passes.
                TimeProvider = new FakeTimeProvider(),
            });
        }
        finally
        {
            File.Delete(file);
        }

        // A stream of the state ends at once.
        _application = new DeskApplication(_desk, new CancellationToken(canceled: true));
        _token = "Bearer " + _desk.Keys.Current.Shared[0].TokenFor(_desk.Pod);
    }

    public static FuzzedDesk Shared { get; } = new();

    public void Answer(string method, string path, byte[] body)
    {
        FeatureCollection features = new();
        HttpRequestFeature head = new() { Method = method, Path = path };
        head.Headers.Authorization = _token;
        features.Set<IHttpRequestFeature>(head);
        HttpResponseFeature response = new();
        features.Set<IHttpResponseFeature>(response);
        using MemoryStream written = new();
        StreamResponseBodyFeature answer = new(written);
        features.Set<IHttpResponseBodyFeature>(answer);
        features.Set<IHttpRequestLifetimeFeature>(new HttpRequestLifetimeFeature());
        features.Set<IRequestBodyPipeFeature>(new BodyPipe(body));
        _application.ProcessRequestAsync(features).GetAwaiter().GetResult();
        answer.CompleteAsync().GetAwaiter().GetResult();
        if (!s_statuses.Contains(response.StatusCode))
            throw new InvalidOperationException($"{method} {path} was answered with {response.StatusCode}.");
        if (written.Length > 0)
            CheckBody(response.StatusCode, written.ToArray());
        SeatDeskState state = _desk.State;
        if (state.Reserved < 0 || state.Taken < 0 || state.Reserved + state.Taken > state.Capacity)
            throw new InvalidOperationException($"The seats are counted wrong: {state}.");
    }

    public void Dispose() => _desk.Dispose();

    private static void CheckBody(int status, byte[] body)
    {
        using JsonDocument json = JsonDocument.Parse(body);
        bool isProblem = status >= 400;
        if (isProblem && json.RootElement.GetProperty("detail").GetString() is not [.., '.'])
            throw new InvalidOperationException("A problem has no sentence.");
    }

    private sealed class BodyPipe(byte[] body) : IRequestBodyPipeFeature
    {
        public PipeReader Reader { get; } = PipeReader.Create(new ReadOnlySequence<byte>(body));
    }
}
