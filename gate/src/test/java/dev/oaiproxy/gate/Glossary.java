package dev.oaiproxy.gate;

import com.sun.source.tree.ClassTree;
import com.sun.source.util.TreeScanner;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** Checks the words of type names: retired words stay away, and one name means one thing. */
final class Glossary {
    static final int MOST_OF_A_NAME = 2;

    /** Retired names, and the standard terms that replace them. */
    private static final Map<String, String> RETIRED =
            Map.ofEntries(
                    Map.entry("Absence", "NotFoundErrors"),
                    Map.entry("Accruals", "RecurringCharges"),
                    Map.entry("Act", "LedgerStep"),
                    Map.entry("AdminDoor", "AdminRoutes"),
                    Map.entry("Agreement", "SettingsFingerprint"),
                    Map.entry("AlikeModels", "SimilarModels"),
                    Map.entry("AnswerJson", "ResponseJson"),
                    Map.entry("AnswerReader", "ResponseReader"),
                    Map.entry("AnswerStream", "ResponseStream"),
                    Map.entry("Appraisal", "PriceLookup"),
                    Map.entry("Ask", "ProxyRequest"),
                    Map.entry("AuditDesk", "AuditHandler"),
                    Map.entry("Backlog", "DeferredCalls"),
                    Map.entry("Badge", "NodeDescription"),
                    Map.entry("BatchInquiry", "BatchQuery"),
                    Map.entry("BatchIntake", "BatchPlanner"),
                    Map.entry("BatchLines", "BatchOutputReader"),
                    Map.entry("BatchMembers", "BatchFields"),
                    Map.entry("BatchSight", "BatchStatus"),
                    Map.entry("Bench", "ProxyFixture"),
                    Map.entry("Bills", "SampleBills"),
                    Map.entry("BoundedInput", "BoundedInputStream"),
                    Map.entry("Buckets", "TokenBuckets"),
                    Map.entry("Cable", "FaultyLink"),
                    Map.entry("CallsDesk", "CallsHandler"),
                    Map.entry("Captions", "CaptionWriter"),
                    Map.entry("Care", "BillingResult"),
                    Map.entry("CarriedTools", "ItemTools"),
                    Map.entry("Cashier", "SettlementFactory"),
                    Map.entry("ChatInput", "ChatAsResponseInput"),
                    Map.entry("ChatMembers", "ChatFields"),
                    Map.entry("Chunk", "ChatChunk"),
                    Map.entry("Claim", "ObjectRecorder"),
                    Map.entry("ClientErrors", "ClientErrorLog"),
                    Map.entry("ClientSocket", "HelidonWebSocket"),
                    Map.entry("Complaint", "ConnectError"),
                    Map.entry("CompletionMembers", "CompletionFields"),
                    Map.entry("ContainerKeeper", "ContainerBilling"),
                    Map.entry("ContainerMembers", "ContainerFields"),
                    Map.entry("Contradiction", "UsageValidation"),
                    Map.entry("Conversation", "WebSocketSession"),
                    Map.entry("CostsTold", "WebSocketSession"),
                    Map.entry("Cuts", "CutResponses"),
                    Map.entry("DatabaseWatch", "DatabaseHealth"),
                    Map.entry("Deferred", "PendingSettlements"),
                    Map.entry("Desks", "AdminHandlers"),
                    Map.entry("Dialogue", "SocketMeter"),
                    Map.entry("DoneStory", "FinalUsageEvents"),
                    Map.entry("Drains", "ResponseDrainer"),
                    Map.entry("Ending", "CallOutcome"),
                    Map.entry("Errand", "FreeCall"),
                    Map.entry("Extra", "Surcharge"),
                    Map.entry("Fault", "ErrorScope"),
                    Map.entry("Fetch", "ObjectFetch"),
                    Map.entry("FileReads", "InputFiles"),
                    Map.entry("FineTuningMembers", "FineTuningFields"),
                    Map.entry("Fingerprint", "RowDigest"),
                    Map.entry("FixedAmount", "HoldAmount"),
                    Map.entry("FormReferences", "FormReferenceCheck"),
                    Map.entry("Gathering", "ListCollector"),
                    Map.entry("Ground", "ServerDisk"),
                    Map.entry("Guard", "AdminAuth"),
                    Map.entry("GuardedContext", "GuardedConnectionContext"),
                    Map.entry("HandClock", "TestClock"),
                    Map.entry("Hearing", "TranscriptionMeter"),
                    Map.entry("HoldOrder", "HoldRequest"),
                    Map.entry("IdPlaces", "IdPaths"),
                    Map.entry("IdWatch", "IdScanner"),
                    Map.entry("ImageDefault", "RequestPlanner"),
                    Map.entry("ImageMeaning", "ImageUsage"),
                    Map.entry("ImageMembers", "ImageFields"),
                    Map.entry("InputCount", "InputTokenCounter"),
                    Map.entry("InputItem", "ItemReferences"),
                    Map.entry("InputMembers", "InputOnlyFields"),
                    Map.entry("InputScan", "InputScanner"),
                    Map.entry("Inquiry", "ResponseQuery"),
                    Map.entry("Inspection", "DatabaseProbe"),
                    Map.entry("Intake", "RequestPlanner"),
                    Map.entry("ItemMembers", "ConversationFields"),
                    Map.entry("JdkSocket", "JdkWebSocket"),
                    Map.entry("Jumps", "PriceChangeGuard"),
                    Map.entry("Keeper", "ResourceBilling"),
                    Map.entry("Keeping", "SettingsWriter"),
                    Map.entry("Kept", "BilledResource"),
                    Map.entry("KeptBench", "StorageBillingFixture"),
                    Map.entry("KeptBodies", "SampleBodies"),
                    Map.entry("KeyTerms", "KeySettings"),
                    Map.entry("KeyTrial", "ApiKeyCheck"),
                    Map.entry("KeysDesk", "KeysHandler"),
                    Map.entry("LimitUpdates", "OutputLimitUpdates"),
                    Map.entry("ListedModels", "ModelList"),
                    Map.entry("Listing", "ListCall"),
                    Map.entry("Me", "MeHandler"),
                    Map.entry("Members", "FieldReader"),
                    Map.entry("MetricsDesk", "MetricsHandler"),
                    Map.entry("MovableClock", "TestClock"),
                    Map.entry("MyCalls", "MyCallsHandler"),
                    Map.entry("NoDecoding", "UndecodedRequests"),
                    Map.entry("NoProxy", "NoProxyList"),
                    Map.entry("Obstacle", "ConnectionProblem"),
                    Map.entry("OpenAiDoor", "OpenAiRoutes"),
                    Map.entry("Outcomes", "CheckResults"),
                    Map.entry("Outlet", "ClientResponse"),
                    Map.entry("OwnerOnly", "PrivateFiles"),
                    Map.entry("Owners", "Ownership"),
                    Map.entry("Passage", "ProxyHeaders"),
                    Map.entry("Patience", "Deadline"),
                    Map.entry("Patient", "FaultTarget"),
                    Map.entry("Payer", "SessionAdmission"),
                    Map.entry("Payments", "StorageCharges"),
                    Map.entry("PlayedOpenAi", "ScriptedOpenAi"),
                    Map.entry("Posting", "PendingWrite"),
                    Map.entry("Presented", "Credentials"),
                    Map.entry("Pretender", "ImpostorServer"),
                    Map.entry("PricesDesk", "PricesHandler"),
                    Map.entry("Pricing", "PricingResult"),
                    Map.entry("Proposal", "ImportProposal"),
                    Map.entry("Provenance", "CrossSiteCheck"),
                    Map.entry("Pulse", "Heartbeat"),
                    Map.entry("QuotasDesk", "QuotasHandler"),
                    Map.entry("Readings", "UsageReader"),
                    Map.entry("RealtimeDialogue", "RealtimeMeter"),
                    Map.entry("Reception", "ResponseMode"),
                    Map.entry("Reference", "ObjectReference"),
                    Map.entry("References", "ReferenceScanner"),
                    Map.entry("Remedies", "RemedyFinder"),
                    Map.entry("RemoteLines", "FileLineReader"),
                    Map.entry("RequestStream", "StreamedBody"),
                    Map.entry("Resizes", "RandomResizes"),
                    Map.entry("ResponseInquiry", "ResponseQuery"),
                    Map.entry("ResponseMeaning", "ResponseUsage"),
                    Map.entry("ResponseMembers", "ResponseFields"),
                    Map.entry("ResponseStory", "ResponseUsageEvents"),
                    Map.entry("Responses", "ResponseMeter"),
                    Map.entry("ResponsesDialogue", "ResponsesSocketMeter"),
                    Map.entry("Rhythm", "HeartbeatSettings"),
                    Map.entry("Roster", "NodeConsistency"),
                    Map.entry("Sampler", "AccountSampler"),
                    Map.entry("Scan", "ScanResult"),
                    Map.entry("Screen", "BufferingClient"),
                    Map.entry("SearchMembers", "SearchFields"),
                    Map.entry("Seat", "InstanceLock"),
                    Map.entry("SeenOutput", "ObservedOutput"),
                    Map.entry("Sessions", "StorageBilling"),
                    Map.entry("Settler", "DeferredSettler"),
                    Map.entry("SetupDesk", "SetupHandler"),
                    Map.entry("ShelfOfOpenAi", "ListingOpenAi"),
                    Map.entry("Silence", "DatabaseSilence"),
                    Map.entry("Situation", "DoctorContext"),
                    Map.entry("SocketAnswer", "PooledResponse"),
                    Map.entry("SocketDoor", "WebSocketUpgrade"),
                    Map.entry("SocketQuery", "WebSocketQuery"),
                    Map.entry("SocketRelay", "WebSocketRelay"),
                    Map.entry("SocketUpstream", "HttpUpstream"),
                    Map.entry("Sockets", "WebSocketClient"),
                    Map.entry("SomeFacts", "SampleFacts"),
                    Map.entry("SourceAddress", "ClientAddress"),
                    Map.entry("SpeechMembers", "SpeechFields"),
                    Map.entry("Spelling", "PlainPathFilter"),
                    Map.entry("Stated", "UsageObject"),
                    Map.entry("StorageMembers", "StorageFields"),
                    Map.entry("StoreKeeper", "VectorStoreBilling"),
                    Map.entry("Story", "UsageEvents"),
                    Map.entry("Surface", "OpenAiOperations"),
                    Map.entry("Tab", "SessionHolds"),
                    Map.entry("Tale", "RandomExchange"),
                    Map.entry("Till", "RelayFixture"),
                    Map.entry("TokenCount", "TokenEstimate"),
                    Map.entry("ToolCalls", "BilledToolCalls"),
                    Map.entry("Tracking", "RecordingSettings"),
                    Map.entry("Trail", "AdminEvents"),
                    Map.entry("TrailDesk", "AdminEventsHandler"),
                    Map.entry("TrainingInquiry", "FineTuningQuery"),
                    Map.entry("TrainingIntake", "FineTuningPlanner"),
                    Map.entry("TranscriptMeaning", "TranscriptUsage"),
                    Map.entry("Transcripts", "TranscriptFormats"),
                    Map.entry("TranslationDialogue", "TranslationMeter"),
                    Map.entry("Tries", "FailedLogins"),
                    Map.entry("Trouble", "UpstreamErrors"),
                    Map.entry("TroubledSite", "FaultyServer"),
                    Map.entry("Turns", "TurnInputBound"),
                    Map.entry("Turnstile", "InFlightCalls"),
                    Map.entry("Twin", "TwinCall"),
                    Map.entry("Undo", "Rollback"),
                    Map.entry("Upkeep", "StorageBilling"),
                    Map.entry("UploadedTo", "UploadUpstream"),
                    Map.entry("UsageDesk", "UsageHandler"),
                    Map.entry("Verdict", "SettlementResult"),
                    Map.entry("Visit", "ExchangeClient"),
                    Map.entry("Visitors", "ClientIdentity"),
                    Map.entry("Where", "SqlCondition"));

    private Glossary() {}

    static List<Finding> check(List<Source> sources) {
        List<Finding> findings = new ArrayList<>();
        Map<String, Integer> uses = new TreeMap<>();
        for (Source source : sources) {
            types(
                    source,
                    (name, type) -> {
                        uses.merge(name, 1, Integer::sum);
                        String term = RETIRED.get(name);
                        if (term != null) {
                            String mend = name + " is retired: call it " + term;
                            findings.add(source.finding(Rule.GLOSSARY, type, mend));
                        }
                    });
        }
        uses.forEach(
                (name, count) -> {
                    if (count > MOST_OF_A_NAME) {
                        String mend = count + " types have this name: rename one";
                        findings.add(new Finding(Rule.GLOSSARY, name, 1, mend));
                    }
                });
        return findings;
    }

    private static void types(Source source, BiConsumer<String, ClassTree> visitor) {
        new TreeScanner<@Nullable Void, @Nullable Void>() {
            @Override
            public @Nullable Void visitClass(ClassTree type, @Nullable Void nothing) {
                if (!type.getSimpleName().isEmpty()) {
                    visitor.accept(type.getSimpleName().toString(), type);
                }
                return super.visitClass(type, null);
            }
        }.scan(source.unit(), null);
    }
}
