using System.Net;
using Berth.Seats.Clients;
using Berth.Seats.Keys;
using Berth.Seats.Wire;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Berth.Fuzz.Targets;

/// <summary>The client of a desk, and a server in place of the desk that may give any answer.</summary>
internal static class DeskReading
{
    private static readonly SeatKeyFile s_keys = ReadKeys();

    /// <summary>The client has two exceptions for an answer that is not from a desk.</summary>
    public static bool IsExpected(Exception exception) => exception is HttpRequestException or IOException;

    /// <summary>Reads one answer as each of the messages that a client of a desk expects.</summary>
    public static void Read(int status, byte[] body)
    {
        using HttpClient http = new(new OneAnswer(status, body));
        SeatDeskClient client = new(http, new Uri("http://127.0.0.1:9000/"), "games/lobby-0", s_keys);
        Exception? last = null;
        Func<Task>[] calls =
        [
            () => client.ReserveAsync([new ReserveMessage(1, 30)], CancellationToken.None),
            () => client.RenewAsync(new string('0', 32), 30, CancellationToken.None),
            () => client.ReleaseAsync(new string('0', 32), CancellationToken.None),
            () => client.GetStateAsync(CancellationToken.None),
            () => FollowAsync(client),
        ];
        foreach (Func<Task> call in calls)
        {
            try
            {
                call().GetAwaiter().GetResult();
            }
            catch (Exception exception) when (IsExpected(exception))
            {
                last = exception;
            }
        }

        if (last is not null)
            throw new IOException("It was no answer of a desk.", last);
    }

    private static async Task FollowAsync(SeatDeskClient client)
    {
        await foreach (StateMessage? state in client.WatchAsync(CancellationToken.None).ConfigureAwait(false))
            _ = state?.ToState();
    }

    private static SeatKeyFile ReadKeys()
    {
        string file = Path.Combine(Path.GetTempPath(), $"berth-fuzz-{Guid.NewGuid():N}");
        File.WriteAllText(file, "one=MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=");
        try
        {
            return new SeatKeyFile(file, new FakeTimeProvider(), NullLogger.Instance);
        }
        finally
        {
            File.Delete(file);
        }
    }

    private sealed class OneAnswer(int status, byte[] body) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(new HttpResponseMessage((HttpStatusCode)status) { Content = new ByteArrayContent(body) });
    }
}
