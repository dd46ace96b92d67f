using Berth.Seats.Clients;
using Berth.Seats.Wire;

namespace Berth.Dispatcher.Seats;

/// <summary>
/// Sends the requests for one desk. A request is sent at once if none is in progress. Requests that arrive meanwhile are sent together in
/// the next batch. So an idle desk answers without delay, and a busy one gets few, large requests. The link reads each answer before the
/// client gets it.
/// </summary>
internal sealed class SeatBatcher(SeatDeskClient client, Action<ReserveResults> heard, TimeSpan timeout, TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly Queue<Waiting> _waiting = [];

    // The limit is one batch at a time: with two, batches are half as large, and each costs the dispatcher and the desk the same.
    private bool _isUnderWay;

    /// <summary>Asks for one reservation.</summary>
    /// <exception cref="HttpRequestException">The desk did not answer in time, or refused the whole. Seats may be reserved.</exception>
    public Task<SeatMessage> ReserveAsync(ReserveMessage request)
    {
        Waiting waiting = new(request);
        lock (_lock)
        {
            _waiting.Enqueue(waiting);
            if (_isUnderWay)
                return waiting.Answer.Task;
            _isUnderWay = true;
        }

        // This method completes every answer with a value or an exception, and never throws.
        _ = SendAllAsync();
        return waiting.Answer.Task;
    }

    private async Task SendAllAsync()
    {
        while (TakeBatch() is { Count: > 0 } batch)
        {
            try
            {
                using CancellationTokenSource limit = new(timeout, time);
                ReserveResults answer = await client.ReserveAsync(
                    [.. batch.Select(static waiting => waiting.Request)], limit.Token).ConfigureAwait(false);
                heard(answer);
                for (int i = 0; i < batch.Count; i++)
                    batch[i].Answer.SetResult(answer.Results[i]);
                // Clients that just got an answer may ask again. Their requests then join the next batch, which becomes larger.
                if (batch.Count > 1)
                    await Task.Yield();
            }
            catch (Exception exception)
            {
                HttpRequestException failure = exception as HttpRequestException ?? new HttpRequestException(
                    exception is OperationCanceledException
                        ? $"The desk at {client.Desk} did not answer within {timeout.TotalSeconds:0.###} s."
                        : $"The desk at {client.Desk} did not answer: {exception.Message}",
                    exception);
                foreach (Waiting waiting in batch)
                    waiting.Answer.TrySetException(failure);
            }
        }
    }

    private List<Waiting> TakeBatch()
    {
        List<Waiting> batch = [];
        lock (_lock)
        {
            while (batch.Count < ReserveBatch.MaxRequests && _waiting.TryDequeue(out Waiting? waiting))
                batch.Add(waiting);
            if (batch.Count == 0)
                _isUnderWay = false;
        }

        return batch;
    }

    private sealed record Waiting(ReserveMessage Request)
    {
        public TaskCompletionSource<SeatMessage> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
