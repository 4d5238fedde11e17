//! The list of all cases, and the macro that makes tests of them.

/// Makes one `#[tokio::test]` of every case of the contract, in one module a noun.
///
/// The argument is an expression that gives a future of `Option<Arc<dyn Store>>`; it is evaluated
/// once a case. `None` skips the case, for databases that are not there.
///
/// ```ignore
/// async fn make_store() -> Option<Arc<dyn Store>> {
///     Some(Arc::new(MemoryStore::new()))
/// }
///
/// mainstay_repositories::contract_tests!(make_store());
/// ```
#[macro_export]
macro_rules! contract_tests {
    (@cases $make_store:expr; $($noun:ident { $($case:ident)+ })+) => {
        $(
            mod $noun {
                #[allow(unused_imports, reason = "whatever the expression refers to")]
                use super::*;

                $(
                    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                    async fn $case() {
                        if let Some(store) = $make_store.await {
                            $crate::contract::$noun::$case(store).await;
                        }
                    }
                )+
            }
        )+
    };
    ($make_store:expr) => {
        $crate::contract_tests! {
            @cases $make_store;
            units_of_work {
                a_unit_of_work_in_which_a_call_failed_cannot_be_committed
                a_unit_of_work_with_a_broken_reference_cannot_be_committed
                dropping_a_unit_of_work_rolls_back_every_repository
                committing_a_unit_of_work_keeps_every_repository
                only_the_unit_of_work_itself_sees_its_uncommitted_changes
                a_call_that_tells_false_leaves_the_unit_of_work_sound
                the_store_answers_and_tells_what_it_is
            }
            users {
                every_field_of_a_user_comes_back_as_stored
                users_are_found_by_address_and_name_in_any_case
                a_second_user_with_one_address_is_a_conflict
                a_second_user_with_one_user_name_is_a_conflict
                users_without_a_user_name_do_not_conflict
                moving_to_a_taken_address_is_a_conflict
                an_unknown_role_or_user_is_a_reference_conflict
                of_two_updates_from_one_version_the_second_is_told_false
                an_update_leaves_roles_creation_and_login_alone
                setting_roles_replaces_them_and_keeps_the_version
                every_way_to_ask_for_a_user_tells_the_same_roles
                of_concurrent_changes_of_roles_one_stands_whole
                recording_a_login_does_not_touch_the_version
                a_login_of_a_user_who_is_not_active_is_not_recorded
                only_active_holders_but_the_excepted_one_are_counted
                purging_removes_only_users_deleted_long_ago
                deleted_users_are_listed_in_the_order_of_their_deletion
            }
            user_lists {
                wildcards_and_escapes_in_a_search_are_literal
                a_search_that_ends_in_an_escape_is_literal
                a_search_ignores_case_beyond_ascii_too
                a_search_tells_accented_letters_apart
                a_search_looks_in_the_address_and_all_names
                the_total_is_told_only_when_asked_for
                a_list_that_fills_its_page_has_no_next_one
                deleted_users_are_listed_only_when_asked_for
                every_condition_of_a_list_must_be_met
            }
            user_paging {
                paging_by_creation_shows_every_user_exactly_once
                paging_by_change_shows_every_user_exactly_once
                paging_by_address_shows_every_user_exactly_once
                paging_by_login_shows_every_user_exactly_once
                users_sort_by_the_octets_of_their_address
            }
            credentials {
                putting_a_credential_replaces_the_one_before
                a_credential_of_an_unknown_user_is_a_conflict
                a_hash_is_upgraded_only_if_it_still_is_the_old_one
                a_deleted_credential_is_gone_and_spares_others
            }
            identities {
                every_field_of_an_identity_comes_back_as_stored
                an_identity_is_linked_to_one_account_only
                identities_differ_by_issuer_and_by_the_octets_of_the_subject
                of_ten_concurrent_links_of_one_identity_exactly_one_is_kept
                an_identity_of_an_unknown_user_is_a_conflict
                identities_of_a_user_are_listed_oldest_first
                only_the_owner_s_identity_is_deleted_and_only_once
                a_use_of_an_identity_is_noted
            }
            roles {
                the_built_in_roles_are_there_from_the_start
                every_field_of_a_role_comes_back_as_stored
                roles_are_listed_sorted_by_the_octets_of_their_names
                a_second_role_with_one_name_is_a_conflict
                of_two_role_updates_from_one_version_the_second_is_told_false
                deleting_a_role_takes_it_from_its_holders
                deleting_a_role_leaves_roles_with_longer_names
            }
            role_locks {
                locking_tells_whether_the_role_exists
                units_of_work_that_lock_one_role_run_one_after_the_other
                of_two_last_holders_who_resign_at_once_one_stays
                a_dropped_unit_of_work_gives_its_lock_back
            }
            sessions {
                every_field_of_a_session_comes_back_as_stored
                a_session_is_found_together_with_its_user
                a_session_of_an_unknown_user_is_a_conflict
                a_living_session_remembers_a_new_proof_of_its_user
                revoking_a_session_twice_tells_false_the_second_time
                revoking_all_sessions_spares_the_excepted_and_strangers
                living_sessions_are_listed_newest_first_in_pages
                ended_sessions_are_listed_among_all_of_a_user
                purging_removes_only_sessions_that_ended_long_ago
            }
            session_rotation {
                a_rotation_moves_the_session_to_its_next_generation
                a_generation_that_is_over_cannot_be_rotated
                of_fifty_concurrent_rotations_exactly_one_takes_place
                of_concurrent_units_of_work_exactly_one_rotates
                a_revoked_session_cannot_be_rotated_any_more
                an_expired_session_cannot_be_rotated_any_more
            }
            one_time_tokens {
                a_one_time_token_is_consumed_only_once
                of_twenty_concurrent_consumers_exactly_one_gets_the_token
                an_expired_one_time_token_cannot_be_consumed
                a_consumption_that_is_rolled_back_leaves_the_token
                a_token_of_an_unknown_user_or_stored_twice_is_a_conflict
                a_replaced_token_begins_anew_in_the_place_of_the_old_one
                of_twenty_concurrent_tries_only_the_allowed_ones_get_the_token
                only_a_living_token_of_the_purpose_can_be_tried
                deleting_the_tokens_of_a_user_spares_others_and_other_purposes
                tokens_of_every_purpose_can_be_stored_and_used
                deleting_all_tokens_of_a_purpose_spares_none
                purging_removes_only_tokens_that_expired_long_ago
            }
            throttles {
                a_throttle_advances_only_from_the_expected_state
                a_throttle_compares_by_count_and_time_of_last_try
                of_concurrent_first_tries_exactly_one_is_counted
                of_concurrent_further_tries_exactly_one_is_counted
                a_cleared_throttle_begins_from_nothing
                throttle_keys_are_compared_by_their_octets
                purging_removes_only_throttles_that_rest_since_long_ago
            }
            totp_factors {
                every_field_of_an_authenticator_app_comes_back
                an_authenticator_app_of_an_unknown_user_is_a_conflict
                an_app_is_confirmed_only_once
                a_code_works_once_and_none_before_it
                of_twenty_concurrent_uses_of_a_code_exactly_one_counts
                deleting_apps_spares_those_of_strangers
                purging_removes_only_apps_that_nobody_confirmed
            }
            recovery_codes {
                a_recovery_code_works_once_and_for_its_owner_only
                replacing_recovery_codes_leaves_none_of_the_old
                of_twenty_concurrent_uses_of_a_recovery_code_one_counts
                concurrent_sets_of_recovery_codes_never_add_up
            }
            passkeys {
                every_field_of_a_passkey_comes_back_as_stored
                a_credential_is_registered_only_once
                a_count_of_uses_never_goes_back
                of_twenty_concurrent_uses_with_one_count_exactly_one_counts
                renaming_and_deleting_spare_passkeys_of_strangers
                passkeys_that_open_nothing_by_themselves_stay_as_factors
            }
            user_locks {
                locking_tells_whether_the_user_exists
                units_of_work_that_lock_one_user_see_what_the_one_before_wrote
            }
            idempotency {
                a_claimed_key_is_answered_with_its_record
                an_answer_without_headers_comes_back_without_them
                a_released_key_can_be_claimed_again
                only_the_claim_that_holds_a_key_gives_it_back
                only_the_claim_that_holds_a_key_answers_for_it
                an_expired_key_is_taken_over_with_all_it_holds
                of_concurrent_claims_exactly_one_gets_the_key
                of_concurrent_takeovers_exactly_one_gets_the_key
                purging_removes_only_keys_that_expired_long_ago
            }
            jobs {
                every_field_of_a_job_comes_back_as_enqueued
                a_job_whose_key_is_known_is_not_enqueued_again
                of_concurrent_jobs_with_one_key_exactly_one_is_enqueued
                a_job_in_a_unit_of_work_is_kept_or_lost_with_it
                the_bell_rings_for_jobs_that_are_kept
                jobs_are_taken_by_priority_then_by_time
                jobs_are_taken_only_when_due_and_of_a_wanted_kind
                jobs_are_listed_by_status_newest_first_in_pages
                the_backlog_counts_what_is_due_and_what_is_dead
                purging_removes_only_jobs_in_a_status_made_long_ago
            }
            job_leases {
                of_concurrent_takers_exactly_one_gets_each_job
                a_job_whose_lease_ran_out_can_be_taken_again
                of_concurrent_takeovers_exactly_one_gets_the_job
                a_worker_that_lost_its_lease_cannot_end_the_job
                a_lease_that_was_extended_keeps_others_away
                a_finished_job_is_wiped_and_its_key_stays_known
                jobs_of_several_takes_are_finished_at_once_where_the_lease_is_theirs
                a_failed_job_waits_for_its_next_time
                a_dead_job_is_taken_again_only_when_revived
                a_job_is_removed_unless_somebody_works_on_it
            }
            job_releases {
                a_released_job_goes_to_the_next_take_with_attempts_as_before
                a_ticket_from_before_a_release_ends_no_job
                a_job_that_went_to_an_heir_is_not_released_by_who_had_it_before
                what_a_failed_take_may_have_taken_is_given_back_by_its_lease
                a_silent_worker_costs_no_attempt_and_what_is_begun_after_it_is_counted
            }
            audit_events {
                every_field_of_an_event_comes_back_as_appended
                every_kind_of_event_can_be_appended_and_asked_for
                every_condition_of_an_audit_query_must_be_met
                paging_the_audit_log_shows_every_event_exactly_once
                the_total_of_the_audit_log_is_told_only_when_asked_for
            }
            api_keys {
                every_field_of_an_api_key_comes_back_as_stored
                an_api_key_is_found_together_with_its_owner
                the_api_key_of_somebody_else_is_out_of_reach
                of_concurrent_new_api_keys_only_as_many_as_allowed_are_kept
                an_api_key_of_an_unknown_user_is_a_conflict
                api_keys_are_listed_newest_first_in_pages
                the_last_use_of_an_api_key_never_goes_back
                renaming_an_api_key_leaves_the_rest_alone
                deleted_api_keys_are_gone_and_others_stay
                purging_removes_api_keys_that_expired_long_ago_only
            }
            signing_keys {
                every_field_of_a_signing_key_comes_back_as_stored
                of_concurrent_first_keys_exactly_one_is_kept
                a_taken_generation_is_told_without_a_failure
                a_removed_signing_key_is_gone_for_good
            }
            audit_chain {
                an_event_waits_for_its_seal_in_order_of_time
                a_sealed_event_comes_back_with_its_place_in_the_chain
                an_event_cannot_be_sealed_a_second_time
                of_concurrent_sealers_exactly_one_moves_the_head
                a_seal_that_is_rolled_back_leaves_event_and_head
                erasing_takes_the_personal_part_and_leaves_the_rest
                an_event_erased_since_it_was_read_is_not_sealed
                pruning_removes_only_the_named_part_of_the_chain
            }
            buckets {
                every_field_of_a_bucket_comes_back_as_stored
                a_second_bucket_with_one_name_is_a_conflict
                buckets_are_listed_by_name_in_pages
                of_two_bucket_updates_from_one_version_the_second_is_told_false
                an_update_of_rules_leaves_what_is_counted_alone
                a_bucket_with_files_in_it_cannot_be_deleted
                of_twenty_concurrent_counts_only_those_within_the_quota_take_place
                without_a_quota_all_concurrent_counts_take_place
                a_quota_that_comes_later_counts_what_is_there_already
                taking_away_counts_even_above_the_quota
            }
            files {
                every_field_of_a_file_comes_back_as_stored
                the_longest_key_comes_back_and_is_found
                keys_are_told_apart_by_their_octets
                a_second_file_with_one_key_is_a_conflict
                a_file_in_an_unknown_bucket_is_a_conflict
                only_the_octets_that_were_scanned_are_judged_and_once
                of_ten_concurrent_files_with_one_key_exactly_one_is_kept
                of_two_file_updates_from_one_version_the_second_is_told_false
                moving_a_file_to_a_taken_key_is_a_conflict
                a_file_is_deleted_only_in_the_version_that_was_read
                a_file_stays_without_owner_when_its_owner_is_purged
                files_of_an_owner_are_listed_in_pages_over_all_buckets
                all_files_are_walked_by_id_in_pages
                usage_is_summed_by_owner_and_bucket
            }
            file_lists {
                files_are_listed_by_the_octets_of_their_keys
                wildcards_in_a_prefix_are_literal
                a_list_by_prefix_shows_nothing_else
                a_delimiter_shows_each_folder_once
                paging_with_a_delimiter_shows_every_entry_exactly_once
                a_list_for_an_owner_shows_their_files_only
            }
            avatars {
                every_field_of_an_avatar_comes_back_as_stored
                a_user_has_no_more_than_one_avatar
                an_avatar_of_an_unknown_user_is_a_conflict
                of_ten_concurrent_calls_exactly_one_deletes_an_avatar
                an_avatar_goes_with_its_user
            }
            blobs {
                octets_go_from_one_status_to_the_next_only_once
                octets_in_a_status_are_listed_the_longest_first
                octets_are_deleted_only_in_the_status_named
                only_octets_with_a_row_are_known_and_all_in_a_status_are_counted
            }
            uploads {
                every_field_of_an_upload_comes_back_as_stored
                an_upload_of_an_unknown_user_or_bucket_is_a_conflict
                of_concurrent_new_uploads_only_as_many_as_allowed_are_kept
                of_concurrent_new_uploads_only_as_many_octets_as_allowed_are_announced
                finished_and_expired_uploads_make_room_for_others
                uploads_of_an_owner_are_listed_newest_first
                parts_are_appended_only_where_the_last_one_ended
                of_twenty_concurrent_parts_at_one_place_exactly_one_is_kept
                of_ten_concurrent_calls_exactly_one_finishes_an_upload
                only_the_owner_deletes_an_upload_and_its_parts_go_with_it
                uploads_go_with_their_bucket_and_their_owner
                only_uploads_that_expired_are_purged
            }
            file_deletions {
                every_field_of_a_deletion_comes_back_as_stored
                of_concurrent_new_deletions_only_as_many_as_allowed_are_kept
                deletions_of_an_owner_are_listed_by_bucket_newest_first
                of_ten_concurrent_steps_from_one_place_exactly_one_counts
                a_deletion_that_has_ended_goes_no_further
                deletions_go_with_their_bucket_and_their_owner
                deletions_that_stand_still_fail_and_old_ones_are_purged
            }
            schedules {
                a_schedule_is_planned_once_and_anew_when_its_plan_changes
                of_twenty_concurrent_claims_exactly_one_gets_a_due_time
                a_due_time_whose_claimer_fell_silent_goes_to_one_heir
                a_claim_that_was_extended_keeps_others_and_new_plans_away
            }
            sweeps {
                the_place_of_a_sweep_is_kept_until_it_moves_on
            }
            text {
                names_of_any_script_come_back_as_stored
                the_longest_user_agent_comes_back_whole
                addresses_with_similar_letters_are_different_users
                the_longest_address_comes_back_and_is_found
                times_keep_their_microseconds_near_and_far
            }
        }
    };
}
