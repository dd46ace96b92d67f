namespace Berth.Seats.Refusals;

/// <summary>The names of refusals on the wire, and their sentences.</summary>
internal static class RefusalWords
{
    private static readonly Dictionary<SeatRefusal, (string Word, string Sentence)> s_words = new()
    {
        [SeatRefusal.None] = ("none", "Nothing was refused."),
        [SeatRefusal.Full] = ("full", "The desk has not enough free seats. Try another pod, or wait until sessions end."),
        [SeatRefusal.Closed] = ("closed", "The desk is closed: its sessions continue, and it makes no new reservations. Try another pod."),
        [SeatRefusal.SeatsOutOfRange] = (
            "seats-out-of-range", "The number of seats is below 1 or above what one client may have. Ask for fewer."),
        [SeatRefusal.TtlOutOfRange] = ("ttl-out-of-range", "The time to live is too short or too long. Give another one."),
        [SeatRefusal.KeyReused] = (
            "key-reused", "The idempotency key was used for a request with other values. Use one key for one request."),
        [SeatRefusal.Unknown] = (
            "unknown-reservation", "The desk knows no such reservation: it never existed here, or it ended long ago. Reserve again."),
        [SeatRefusal.Expired] = ("expired", "The reservation has expired. Reserve again, and come sooner."),
        [SeatRefusal.Replayed] = ("replayed", "The ticket has been redeemed before. A ticket is valid once; reserve again."),
        [SeatRefusal.Released] = ("released", "The reservation has been released. Reserve again."),
        [SeatRefusal.Malformed] = ("malformed-ticket", "The text is not a ticket. Show the ticket exactly as you got it."),
        [SeatRefusal.OtherAlgorithm] = ("other-algorithm", "The ticket's algorithm is not that of its key. Reserve again."),
        [SeatRefusal.UnknownKey] = ("unknown-key", "The ticket was signed with a key that the desk does not have. Reserve again."),
        [SeatRefusal.BadSignature] = ("bad-signature", "The ticket's signature is wrong: it was changed, or another key made it."),
        [SeatRefusal.OtherPod] = ("other-pod", "The ticket belongs to another pod. Connect to the address that came with it."),
        [SeatRefusal.EarlierLife] = (
            "earlier-life", "The ticket belongs to an earlier process of this pod, which has ended. Reserve again."),
    };

    private static readonly Dictionary<string, SeatRefusal> s_byWord =
        s_words.ToDictionary(static pair => pair.Value.Word, static pair => pair.Key, StringComparer.Ordinal);

    public static string WordOf(SeatRefusal refusal) => s_words[refusal].Word;

    public static string SentenceOf(SeatRefusal refusal) => s_words[refusal].Sentence;

    /// <summary>Returns the refusal of a word, or null for a word that this version does not know.</summary>
    public static SeatRefusal? Find(string word) => s_byWord.TryGetValue(word, out SeatRefusal refusal) ? refusal : null;
}
